import { readFileSync } from 'node:fs';
import { describe, isTextList, objectOf, requiredText, textOf, textsOf } from '../../assembly/properties.ts';
import type { Resource } from '../../cloud.ts';
import { readImageSource } from '../../processes/image-command.ts';

/**
 * What runs a function: Node.js in a thread or in a process, Python with its exact version, the program
 * `bootstrap` of an OS-only runtime, or the command of a container image.
 */
export type FunctionProgram =
  | { readonly kind: 'thread' }
  | { readonly kind: 'node' }
  | { readonly kind: 'python'; readonly version: string }
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'image'; readonly command: readonly string[] };

/** A function's program with its runtime and handler, as far as its package type has them. */
export interface ProgramConfig {
  readonly program: FunctionProgram;
  /** Runtime identifier, such as `nodejs24.x`; undefined if Lambda sets no `AWS_EXECUTION_ENV`. */
  readonly runtime: string | undefined;
  /** File and export, such as `index.handler`. */
  readonly handler: string;
}

/** A function of Node.js with this environment variable set to 1 runs in a process instead of a thread. */
const processVariable = 'ERRAND_LOCAL_PROCESS';

/**
 * Reads how a function runs. Throws an error that names the resource for a runtime that the local runtime does
 * not support, and for an image without a command.
 */
export function readProgram(resource: Resource): ProgramConfig {
  if (resource.properties['PackageType'] === 'Image') return imageProgram(resource);
  return managedProgram(resource, requiredText(resource, 'Runtime'), requiredText(resource, 'Handler'));
}

function managedProgram(resource: Resource, runtime: string, handler: string): ProgramConfig {
  const [, family = '', version = ''] = /^(nodejs|python|provided)[.]?(\w.*)$/.exec(runtime) ?? [];
  const variables = textsOf(objectOf(resource.properties, 'Environment'), 'Variables');
  if (family === 'nodejs')
    return { program: { kind: variables[processVariable] === '1' ? 'node' : 'thread' }, runtime, handler };
  if (family === 'python') return { program: { kind: 'python', version }, runtime, handler };
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_EXECUTION_ENV)
  if (family === 'provided') return { program: { kind: 'bootstrap' }, runtime: undefined, handler };
  throw new Error(
    `${describe(resource)} has runtime ${runtime}; the local runtime supports nodejs*, python3.* and provided.*: use one of these, or a container image with a runtime interface client`,
  );
}

/**
 * The images of AWS have an entrypoint of their own, which runs the handler that CMD names; all other images must
 * have a command.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
 */
function imageProgram(resource: Resource): ProgramConfig {
  const where = describe(resource);
  if (resource.dockerfile === undefined)
    throw new Error(`${where} has an image that is not an asset of the app`);
  const source = readImageSource(readFileSync(resource.dockerfile, 'utf8'), where);
  const config = objectOf(resource.properties, 'ImageConfig');
  const entrypoint = listIn(config['EntryPoint']) ?? source.entrypoint;
  const command = listIn(config['Command']) ?? source.command;
  const [, family, version] = /\blambda\/(nodejs|python|provided):(\w[\w.]*)/.exec(source.base) ?? [];
  if (entrypoint.length === 0 && family !== undefined && command[0] !== undefined) {
    const runtime =
      family === 'nodejs' ? `nodejs${version}.x` : `${family}${family === 'provided' ? '.' : ''}${version}`;
    return managedProgram(resource, runtime, command[0]);
  }
  if (entrypoint.length + command.length === 0)
    throw new Error(
      `${where} has neither an ENTRYPOINT nor a CMD in ${resource.dockerfile}: add the command that the function runs`,
    );
  return {
    program: { kind: 'image', command: [...entrypoint, ...command] },
    runtime: undefined,
    handler: textOf(resource.properties, 'Handler') ?? command[0] ?? '',
  };
}

/** Lambda treats an empty list like an absent one. */
function listIn(value: unknown): readonly string[] | undefined {
  return isTextList(value) && value.length > 0 ? value : undefined;
}
