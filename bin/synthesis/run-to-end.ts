import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A program that runs until it ends, with nothing to read. */
export interface Program {
  readonly command: string;
  readonly args?: readonly string[];
  /** If true, the shell of the system runs the command. */
  readonly inShell?: boolean;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Exit status, or the signal that ended the program. */
  readonly status: number | NodeJS.Signals | null;
  /** Standard output, followed by standard error. */
  readonly output: string;
}

/** Runs a program until it ends; it is stopped if this process exits before. Throws if it cannot be started. */
export async function runToEnd(program: Program): Promise<ProgramEnd> {
  const child = spawn(program.command, program.args ?? [], {
    cwd: program.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: program.environment,
    shell: program.inShell ?? false,
  });
  const end = () => child.kill();
  process.once('exit', end);
  const exitStatus = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  try {
    const [status, ...output] = await Promise.all([exitStatus, text(child.stdout), text(child.stderr)]);
    return { status, output: output.join('') };
  } finally {
    process.off('exit', end);
  }
}
