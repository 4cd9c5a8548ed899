import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

/** The source of the threads' first module. */
export const threadSource = new URL('./thread/entry.ts', import.meta.url);

/**
 * Bundles the threads' first module into one file of JavaScript in a directory and returns its URL. Loading the source instead costs
 * each thread 13 MB and 100 ms, because every thread of Node.js loads its own compiler to strip types.
 */
export async function buildThreadModule(directory: string): Promise<URL> {
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, 'thread.mjs');
  await build({
    entryPoints: [fileURLToPath(threadSource)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
  await stop(); // the compiler is a process of its own, which would stay
  return pathToFileURL(outfile);
}
