import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

/** The source of the threads' first module. */
export const threadSource = new URL(
  `./thread/entry${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, // compiled in an installed package
  import.meta.url,
);

let bundled: Promise<Uint8Array> | undefined;

/**
 * Writes the threads' first module as one file of JavaScript into a directory and returns its URL. Loading its source instead costs
 * each thread 13 MB and 100 ms, because every thread of Node.js loads its own compiler to strip types.
 */
export async function writeThreadModule(directory: string): Promise<URL> {
  bundled ??= bundle();
  const code = await bundled;
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'thread.mjs');
  writeFileSync(file, code);
  return pathToFileURL(file);
}

/**
 * Runs once in a process, even if several runtimes start at the same time: the compiler is a process of its own, and the end of one
 * build would stop it for the others.
 */
async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(threadSource)],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
  await stop();
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild returned no module for the threads');
  return output.contents;
}
