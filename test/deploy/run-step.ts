import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';

export interface Step {
  /** The name of the step in the output. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Also prints the output of the program. */
  readonly isShown?: boolean;
}

const began = performance.now();

/** Prints a line with the seconds since the start. */
export function say(line: string): void {
  console.log(`[${((performance.now() - began) / 1000).toFixed(0)} s] ${line}`);
}

/** Runs a program to its end, with its output in a file. Throws with the end of the output when it fails. */
export async function runStep({ name, command, env, logFile, isShown = false }: Step): Promise<void> {
  const [program, ...options] = command;
  const log = createWriteStream(logFile);
  const child = spawn(program, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const output of [child.stdout, child.stderr]) {
    output.pipe(log, { end: false });
    if (isShown) output.pipe(process.stdout, { end: false });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  await finished(log.end());
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${isShown ? '' : tailOf(logFile)}`);
  say(name);
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').slice(-4000);
}
