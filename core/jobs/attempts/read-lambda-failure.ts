import type { FailureCode } from '../../contract/policy.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';

/**
 * The error that a catcher of the state machine passes on: a name, and a cause that is JSON for errors of a
 * function.
 */
export interface LambdaFailure {
  readonly Error: string;
  readonly Cause: string;
}

export interface ReadFailure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryable?: boolean;
  /** The error type, if the service's code threw it and not the Lambda runtime. */
  readonly serviceErrorType?: string;
}

/** Room for the longest message and type of the worker library. */
const maxDetailCharacters = 4200;

/**
 * Platform errors by name. Where user code could use the same name, a text that Lambda sends with it is
 * required too
 * (docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html,
 * docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
const platformErrors: ReadonlyArray<{
  readonly name: RegExp;
  readonly text?: RegExp;
  readonly code: FailureCode;
}> = [
  { name: /^States\.Timeout$/, code: 'timeout' },
  {
    name: /^(?:Sandbox\.Timedout|Lambda\.Unknown)$/,
    text: /Task timed out after [\d.]+ seconds/,
    code: 'timeout',
  },
  // Node.js aborts when its heap is full; the kernel kills the process when the memory of the environment is
  // used up.
  { name: /^Runtime\.ExitError$/, text: /signal: (?:killed|aborted)/, code: 'out-of-memory' },
  { name: /^Runtime\.OutOfMemory$/, text: /out of memory/i, code: 'out-of-memory' },
  { name: /^States\.DataLimitExceeded$/, code: 'invalid-result' },
  { name: /^(?:Function\.ResponseSizeTooLarge|Runtime\.MarshalError)$/, code: 'invalid-result' },
  // All of these occur before any of the function runs.
  // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
  {
    name: /^Lambda\.(?:TooManyRequests|EC2Throttled|ENILimitReached|ENINotReady|SubnetIPAddressLimitReached|ResourceNotReady)Exception$/,
    code: 'capacity',
  },
  {
    name: /^Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint)$/,
    code: 'misconfigured',
  },
  {
    name: /^Lambda\.(?:ResourceNotFoundException|AccessDeniedException|Invalid\w+Exception|KMS\w+)$/,
    code: 'misconfigured',
  },
  { name: /^Lambda\.\w+$/, text: /not authorized to perform/, code: 'misconfigured' },
  // The role in the Credentials of the task.
  { name: /^States\.TaskFailed$/, text: /not authorized to assume/, code: 'misconfigured' },
  { name: /^Lambda\.\w+$/, code: 'dispatch-failed' },
  { name: /^States\./, code: 'dispatch-failed' },
];

/** Names that the Lambda runtime uses for the end of a function's process; service code hardly uses them. */
const runtimeErrorName = /^(?:Runtime|Sandbox)\./;

/**
 * Names that only Lambda and Step Functions use: their causes are plain text, those of a function are JSON.
 */
const platformErrorName = /^(?:Lambda|States)\./;

/**
 * Maps a caught error to a failure. An error that is not the platform's is the service's, and its texts are
 * kept unchanged; texts of AWS lose everything that identifies the account.
 */
export function readLambdaFailure({ Error: name, Cause: cause }: LambdaFailure): ReadFailure {
  const { message, type } = readCause(cause);
  // AWS may truncate a long cause, which is then no longer valid JSON.
  const isImitated = (type !== undefined || cause.startsWith('{')) && platformErrorName.test(name);
  const platformError = isImitated ? undefined : findPlatformError(name, message);
  if (platformError !== undefined)
    return {
      code: platformError.code,
      detail: shorten(message === '' ? name : redactAwsIdentifiers(message)),
    };
  if (name === 'ServiceFailure') return readServiceFailure(message);
  return readThrownError(type ?? name, message);
}

function readThrownError(type: string, message: string): ReadFailure {
  const isRuntimeError = runtimeErrorName.test(type);
  const report = isRuntimeError ? redactAwsIdentifiers(message) : message;
  const detail = shorten(`${type}: ${report}`);
  return { code: 'service-failed', detail, ...(isRuntimeError ? {} : { serviceErrorType: type }) };
}

function findPlatformError(name: string, message: string) {
  return platformErrors.find((row) => row.name.test(name) && (row.text?.test(message) ?? true));
}

function readCause(cause: string): { message: string; type?: string } {
  const parsed = parseObject(cause);
  const message = parsed?.['errorMessage'];
  const type = parsed?.['errorType'];
  return {
    message: typeof message === 'string' ? message : cause,
    ...(typeof type === 'string' ? { type } : {}),
  };
}

/**
 * The failure of the worker library: its message is JSON (worker/attempt/service-failure.ts describes the
 * format).
 */
function readServiceFailure(text: string): ReadFailure {
  const parsed = parseObject(text);
  const message = parsed?.['message'];
  if (typeof message !== 'string') return { code: 'service-failed', detail: shorten(text) };
  const type = parsed?.['type'];
  const retryable = parsed?.['retryable'] === true;
  if (typeof type !== 'string') return { code: 'service-failed', detail: shorten(message), retryable };
  const detail = shorten(`${type}: ${message}`);
  return { code: 'service-failed', detail, retryable, serviceErrorType: type };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // A cause may be plain text.
  }
}

/** A lone surrogate, which JSON may contain, cannot be stored. */
function shorten(text: string): string {
  const cut = text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters - 1)}…`;
  return cut.toWellFormed();
}
