/**
 * The program that `buildInChildProcess` runs: reads the input of a build from standard input, and writes its outcome to
 * the file descriptor 3. Standard output stays free for the tools that a build runs.
 */
import { readFileSync, writeSync } from 'node:fs';
import { buildFunction } from '../build/build-function.ts';
import { BuildError } from '../build/model/build-error.ts';
import type { BuildInput } from '../build/model/build-input.ts';
import type { BuildOutcome } from './build-in-child-process.ts';

const input = JSON.parse(readFileSync(0, 'utf8')) as BuildInput; // written by buildInChildProcess

async function build(): Promise<BuildOutcome> {
  try {
    return { built: await buildFunction(input) };
  } catch (error) {
    if (error instanceof BuildError) return { refused: error.message };
    throw error;
  }
}

writeSync(3, JSON.stringify(await build()));
