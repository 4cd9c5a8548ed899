import { access, constants, cp, mkdir, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { isFile } from '../files/is-file.ts';
import { processorOf } from '../files/processor-of.ts';
import { BuildError } from '../model/build-error.ts';
import type { BuildTarget, BuiltFunction, LanguageBuild } from '../model/build-input.ts';

/**
 * Copies a program that speaks the Lambda Runtime API: the file `bootstrap` that the entry names, or the folder that
 * contains it. Throws `BuildError` if it is missing or cannot run on the target.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html
 */
export async function buildProvided({
  folder,
  source,
  target,
  outputDirectory,
}: LanguageBuild): Promise<BuiltFunction> {
  const entry = join(folder, source.entry);
  const isFolder = (await stat(entry).catch(() => undefined))?.isDirectory() === true;
  const program = isFolder ? join(entry, 'bootstrap') : entry;
  const file = isFolder ? `${source.entry}/bootstrap` : source.entry;
  await checkProgram(program, { file, target });
  await mkdir(dirname(outputDirectory), { recursive: true });
  if (isFolder) await cp(entry, outputDirectory, { recursive: true });
  else await cp(program, join(outputDirectory, 'bootstrap'));
  return {
    directory: outputDirectory,
    handler: 'bootstrap',
    runtime: source.runtime,
    notices: [],
    inputs: [program],
  };
}

interface Program {
  /** As the user knows it. */
  readonly file: string;
  readonly target: BuildTarget;
}

async function checkProgram(program: string, { file, target }: Program): Promise<void> {
  const missing = 'The program does not exist: compile it first, or correct "entry" in service.json.';
  if (!isFile(program)) throw new BuildError(missing, { file });
  await access(program, constants.X_OK).catch(() => {
    throw new BuildError(`The program is not executable: run \`chmod +x ${file}\`.`, { file });
  });
  const processor = processorOf(program);
  const required = target.kind === 'lambda' ? target.architecture : ownProcessor();
  if (processor === undefined || required === undefined || processor === required) return;
  const place = target.kind === 'lambda' ? 'the function' : 'this machine';
  throw new BuildError(
    `The program is compiled for ${processor}, but ${place} has ${required}: compile it for ${required}.`,
    {
      file,
    },
  );
}

function ownProcessor(): string | undefined {
  if (platform() !== 'linux') return undefined;
  return arch() === 'x64' ? 'x86_64' : arch();
}
