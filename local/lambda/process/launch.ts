import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionConfig } from '../function-config.ts';
import { bootstrapRefusal } from './bootstrap-file.ts';
import { findPython } from './python-interpreter.ts';

/** The command of a function's process, or a sentence that states why it cannot be started. */
export type Launch =
  | { readonly command: readonly string[]; readonly environment: Readonly<Record<string, string>> }
  | { readonly refusal: string };

/** Runtime client for handlers in Python, which AWS's own client replaces where it is installed. */
const pythonClient = join(import.meta.dirname, 'runtime_client.py');

/** Memory that Node.js uses outside its heap. */
const outsideHeapMegabytes = 64;

/**
 * Returns the command that runs a function as a process. `nodeModule` is the runtime client for Node.js. Never
 * rejects.
 */
export async function launchOf(config: FunctionConfig, nodeModule: URL): Promise<Launch> {
  const { program, directory, handler, memoryMegabytes } = config;
  switch (program.kind) {
    case 'python':
      return pythonLaunch(program.version, handler);
    case 'bootstrap': {
      const file = join(directory, 'bootstrap');
      const refusal = bootstrapRefusal(file);
      return refusal === undefined ? { command: [file, handler], environment: {} } : { refusal };
    }
    case 'image':
      return imageLaunch(program.command, directory);
    case 'node':
    case 'thread': {
      const heap = `--max-old-space-size=${memoryMegabytes - outsideHeapMegabytes}`;
      return { command: [process.execPath, heap, fileURLToPath(nodeModule)], environment: {} };
    }
  }
}

/** A deployment publishes the folder of the code, so Python must not write its cache there. */
async function pythonLaunch(version: string, handler: string): Promise<Launch> {
  const found = await findPython(version);
  if (found === undefined) return { refusal: missingPython(version) };
  return {
    command: [found.program, '-u', pythonClient, handler],
    environment: { LAMBDA_RUNTIME_DIR: dirname(pythonClient), PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/** States that no interpreter was found, and what to do. */
export function missingPython(version: string): string {
  return `Python ${version} is not installed: install it, so that python${version} or python3 (3.9 or later) is on the PATH`;
}

/** Programs of an image are looked up on this machine; an absolute path of the image often does not exist here. */
function imageLaunch([name = '', ...rest]: readonly string[], directory: string): Launch {
  const program = programFile(name, directory);
  if (program !== undefined) return { command: [program, ...rest], environment: {} };
  const where = isRelativePath(name)
    ? `in ${directory}: images are not built here, so build it in that folder`
    : 'on this machine: install it, so that it is on the PATH';
  return { refusal: `The program ${name} of the image does not exist ${where}` };
}

function programFile(name: string, directory: string): string | undefined {
  if (isRelativePath(name)) return existing(resolve(directory, name));
  if (isAbsolute(name) && existsSync(name)) return name;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => existing(join(folder, basename(name))) ?? [])[0];
}

/** On Windows, programs have an extension. */
function existing(file: string): string | undefined {
  return [file, `${file}.exe`].find((candidate) => existsSync(candidate));
}

function isRelativePath(name: string): boolean {
  return !isAbsolute(name) && name !== basename(name);
}
