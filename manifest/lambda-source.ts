import * as z from 'zod/mini';
import { wellFormed } from '../core/contract/well-formed.ts';

/**
 * Supported runtimes, by the language that a build starts from; the first of each is the default.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const runtimes = {
  node: ['nodejs24.x', 'nodejs22.x'],
  // The runtime interface client supports each of them. https://pypi.org/project/awslambdaric/
  python: ['python3.14', 'python3.13', 'python3.12', 'python3.11'],
  provided: ['provided.al2023'],
} as const;

export type Language = keyof typeof runtimes;

/** Limits of a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const lambdaLimits = {
  minMemoryMiB: 128,
  maxMemoryMiB: 10_240,
  maxTimeoutSeconds: 900,
  maxEnvironmentBytes: 4096,
  maxFunctionNameLength: 64,
} as const;

/**
 * Names of variables that Lambda itself sets. `LANG`, `PATH`, `NODE_PATH`, `TZ` and other variables of the system are not
 * reserved. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const reservedVariables = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];

/** https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const variableName = z
  .string()
  .check(
    z.regex(
      new RegExp(`^(?!(?:${reservedVariables.join('|')})$)[a-zA-Z][a-zA-Z0-9_]+$`),
      'must have at least two letters, digits or underscores, start with a letter, and not be a name that Lambda reserves, such as AWS_REGION',
    ),
  );

const path = '(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\\\\\u0000-\\u001f:]+';
const identifier = '[A-Za-z_$][A-Za-z0-9_$]*';
const nodeEntry = `${path}\\.(?:ts|mts|cts|js|mjs|cjs)(?::${identifier})?`;
const pythonEntry = `${path}\\.py(?::[A-Za-z_][A-Za-z0-9_]*)?`;
/** A folder that contains `bootstrap`, or this file itself. */
const providedEntry = `(?:${path}/)?[^./\\\\\\u0000-\\u001f:]+`;
/** The name of a package as in an import, without a path. */
const packageName = '^(?:@[a-z0-9-~][a-z0-9-._~]*/)?[a-zA-Z0-9-~][a-zA-Z0-9-._~]*$';

/** The code of a service that runs on AWS Lambda, as it is written in a `service.json`. */
export const lambdaSource = z.strictObject({
  kind: z.literal('lambda'),
  entry: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(512),
      z.regex(
        new RegExp(`^(?:${nodeEntry}|${pythonEntry}|${providedEntry})$`),
        'must be the path of a code file or a folder below the folder of service.json, with "/" as the separator and optionally ":" and the name of a function, such as src/index.ts, main.py:handler or dist',
      ),
    ),
  functionName: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^[a-zA-Z0-9-_]{1,64}$/,
          'must be the name of a function, not an ARN: 1 to 64 letters, digits, hyphens and underscores',
        ),
      ),
  ),
  runtime: z.optional(z.enum([...runtimes.node, ...runtimes.python, ...runtimes.provided])),
  memoryMiB: z._default(
    z.int().check(z.minimum(lambdaLimits.minMemoryMiB), z.maximum(lambdaLimits.maxMemoryMiB)),
    512,
  ),
  timeoutSeconds: z._default(z.int().check(z.minimum(1), z.maximum(lambdaLimits.maxTimeoutSeconds)), 30),
  environment: z.optional(z.record(variableName, z.string().check(wellFormed))),
  /** 0 stops the function: Lambda then throttles every call. */
  reservedConcurrency: z.optional(z.int().check(z.minimum(0), z.maximum(1_000_000))),
  /** Packages that are installed beside the bundle instead of into it. */
  external: z.optional(
    z
      .array(
        z
          .string()
          .check(
            z.maxLength(214),
            z.regex(new RegExp(packageName), 'must be the name of a package such as sharp'),
          ),
      )
      .check(z.maxLength(50)),
  ),
});

/** The extension or name of an entry decides which language it is. */
export function languageOfEntry(entry: string): Language {
  if (/\.[cm]?[jt]s(?::|$)/.test(entry)) return 'node';
  return /\.py(?::|$)/.test(entry) ? 'python' : 'provided';
}

/** The file of an entry, and the name of the function in it (default `handler`). */
export function splitEntry(entry: string): { readonly file: string; readonly exportName: string } {
  const [file = entry, exportName = 'handler'] = entry.split(':');
  return { file, exportName };
}
