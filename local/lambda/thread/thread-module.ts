import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

/** `.ts` in a checkout, `.js` in an installed package. */
const extension = extname(import.meta.url);

/** The source of the threads' first module. */
export const threadSource = new URL(`./entry${extension}`, import.meta.url);

/** The source of the runtime client for functions of Node.js that run in a process. */
const processSource = new URL(`../process/node-client${extension}`, import.meta.url);
const processFile = 'process.mjs';
const threadFile = 'thread.mjs';

let bundled: Promise<ReadonlyArray<readonly [name: string, code: Uint8Array]>> | undefined;

/** Returns the runtime client that belongs to a first module of threads: next to a written one, otherwise the source. */
export function processModuleOf(threadModule: URL): URL {
  return threadModule.href === threadSource.href ? processSource : new URL(processFile, threadModule);
}

/**
 * Writes the threads' first module as one file of JavaScript into a directory and returns its URL; the runtime client for processes is
 * written next to it. Loading the source instead costs each thread 13 MB and 100 ms, because every thread of Node.js loads its own
 * compiler to strip types.
 */
export async function writeThreadModule(directory: string): Promise<URL> {
  bundled ??= bundle();
  const files = await bundled;
  mkdirSync(directory, { recursive: true });
  for (const [name, code] of files) writeFileSync(join(directory, name), code);
  return pathToFileURL(join(directory, threadFile));
}

/**
 * Runs once in a process, even if several runtimes start at the same time: the compiler is a process of its own, and the end of one
 * build would stop it for the others.
 */
async function bundle(): Promise<ReadonlyArray<readonly [string, Uint8Array]>> {
  const { outputFiles } = await build({
    entryPoints: { thread: fileURLToPath(threadSource), process: fileURLToPath(processSource) },
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outdir: 'modules',
    outExtension: { '.js': '.mjs' },
  });
  await stop();
  return outputFiles.map(({ path, contents }) => [basename(path), contents]);
}
