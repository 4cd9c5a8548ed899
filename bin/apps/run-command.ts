import { closeSync, openSync, readFileSync } from 'node:fs';
import { spawnBound } from '../../local/processes/spawn-bound.ts';

/** A command line that a user wrote for the shell of their system. */
export interface ShellCommand {
  readonly command: string;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** File for the output, which replaces an earlier one. */
  readonly outputFile: string;
}

/** How a command ended. */
export interface CommandEnd {
  /** Exit status; 128 plus the number of the signal that ended the command. */
  readonly status: number;
  readonly output: string;
}

/** Node.js knows how the shell of each system is called. Its first argument is the command line. */
const launcher = `
const { constants } = require('node:os');
require('node:child_process')
  .spawn(process.argv[1], { shell: true, stdio: 'inherit' })
  .once('close', (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
`;

/** Runs a command until it ends. The command and the processes that it starts do not outlive this process. */
export async function runCommand(run: ShellCommand): Promise<CommandEnd> {
  const output = openSync(run.outputFile, 'w');
  try {
    const { exitCode, failure } = await spawnBound({
      command: [process.execPath, '-e', launcher, run.command],
      directory: run.directory,
      environment: definedMembers(run.environment),
      output,
      graceMs: 0,
    }).ended;
    if (exitCode === undefined) throw new Error(`${process.execPath} cannot be started: ${failure}`);
    return { status: exitCode, output: readFileSync(run.outputFile, 'utf8') };
  } finally {
    closeSync(output);
  }
}

function definedMembers(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
