import { spawnSync } from 'node:child_process';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildInput, BuiltFunction } from '../build/model/build-input.ts';

/** How a build ended: with a function, or with the reason for which its source cannot be built. */
export type BuildOutcome = { readonly built: BuiltFunction } | { readonly refused: string };

/** `.ts` in a checkout, `.js` in an installed package. */
const program = join(import.meta.dirname, `build-program${extname(fileURLToPath(import.meta.url))}`);

/**
 * Builds a function in a process of its own and waits for it: the constructor of a construct cannot await the build.
 * Throws an error if the process ends without an outcome.
 */
export function buildInChildProcess(input: BuildInput): BuildOutcome {
  const { error, status, signal, output } = spawnSync(process.execPath, [program], {
    input: JSON.stringify(input),
    // What the tools of a build print is for people, and standard output of an app can be read by programs.
    stdio: ['pipe', process.stderr, process.stderr, 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  const outcome = output[3] ?? '';
  if (status !== 0 || outcome === '')
    throw new Error(
      `The build of the service ${input.manifest.name} ended with ${signal ?? status} and without an outcome`,
    );
  return JSON.parse(outcome) as BuildOutcome; // written by build-program.ts
}
