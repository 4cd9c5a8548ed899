import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

/** A program to run. */
export interface BoundCommand {
  /** Program and arguments; at least the program. */
  readonly command: readonly string[];
  readonly directory?: string;
  /** The complete environment of the program; nothing is inherited from this process. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * File descriptor for both outputs of the program, or `pipes` to read both; absent, only its standard error is
   * kept, in a pipe.
   */
  readonly output?: number | 'pipes';
  /**
   * Time between SIGTERM and SIGKILL when `end` is called or this process ends, rounded up to 100 ms. With 0,
   * there is no SIGTERM.
   */
  readonly graceMs: number;
}

/** How a program ended. `failure` is the reason why it did not start. */
export interface ProcessEnd {
  /** Exit code, or 128 plus the number of the signal that ended the program. */
  readonly exitCode?: number;
  /** The signal that ended the program. */
  readonly signal?: NodeJS.Signals;
  readonly failure?: string;
}

/** A program that does not outlive this process. */
export interface BoundProcess {
  /** Undefined if the program could not be started. */
  readonly pid: number | undefined;
  /** Standard output of the program; null if it is not read. */
  readonly output: Readable | null;
  /** Standard error of the program; null if it has another output. */
  readonly errors: Readable | null;
  /** Resolves when the program has ended; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Sends the program SIGTERM. Windows has no such signal: there, the program is killed. */
  terminate(): void;
  /** Kills the program and the processes that it started. */
  kill(): void;
  /** Ends the program in the same way as the end of this process. */
  end(): void;
}

type SpawnOptions = Omit<BoundCommand, 'command' | 'graceMs'>;

/** Returns the options of `spawn` that are the same on every platform. */
export function spawnOptions({ directory, environment }: SpawnOptions) {
  return { ...(directory === undefined ? {} : { cwd: directory }), env: environment };
}

/** Returns the `stdio` options of standard output and standard error. */
export function outputs({ output }: SpawnOptions) {
  if (output === 'pipes') return ['pipe', 'pipe'] as const;
  return output === undefined ? (['ignore', 'pipe'] as const) : ([output, output] as const);
}

/** Returns the members that do not depend on the platform. */
export function describeChild(
  child: ChildProcess,
): Pick<BoundProcess, 'pid' | 'output' | 'errors' | 'ended'> {
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => resolve({ failure: error.message }));
    child.once('exit', (code, signal) =>
      resolve(code === null ? endedBy(signal ?? 'SIGKILL') : { exitCode: code }),
    );
  });
  return { pid: child.pid, output: child.stdout, errors: child.stderr, ended };
}

/** Reports whether a child has started and Node.js has not yet reported its end. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Describes the end of a program by a signal; the exit code is that of a shell. */
export function endedBy(signal: NodeJS.Signals): ProcessEnd {
  return { exitCode: 128 + constants.signals[signal], signal };
}
