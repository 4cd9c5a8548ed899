import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { type LogFile, type OpenLog, openLog } from '../../logs/log-file.ts';

/** The program to run and its surroundings. */
export interface ProcessOptions {
  /** Program and arguments; at least the program. */
  readonly command: readonly string[];
  readonly directory: string;
  /** The complete environment of the program; nothing is inherited from this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Log file for standard output and standard error. */
  readonly logFile: LogFile;
  readonly logGroup: string;
}

/** How a process ended. `failure` is the reason why it did not start. */
export interface ProcessEnd {
  readonly exitCode?: number;
  readonly failure?: string;
}

/** A program in its own process group. */
export interface AttemptProcess {
  /** Id of the program's process and of its group; undefined if the program could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the program has ended and its group was killed; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Sends the program SIGTERM, as a container's first process gets it. */
  terminate(): void;
  /** Kills the whole process group. */
  kill(): void;
}

/**
 * Runs the program in place of the shell, next to a watcher process that reads a pipe from this process. The
 * pipe closes when this process ends for any reason, and then the watcher kills the group. The pipe is kept
 * as descriptor 3, because a shell gives its background processes no standard input.
 */
const watched = `
exec 3<&0
( exec >/dev/null 2>&1
  trap '' HUP INT TERM
  cat <&3
  kill -s KILL -- -$$
) &
exec "$@" 3<&- </dev/null
`;

/** Signals that a shell reports as 128 plus their number. */
const signals: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

/** Starts a program. Processes that it leaves in its group are killed when it ends, as in a container. */
export function startAttemptProcess(options: ProcessOptions): AttemptProcess {
  const log = openLog(options.logFile, options.logGroup);
  const child = spawnWatched(options, log);
  child.stdin?.on('error', () => undefined);
  const { pid } = child;
  const kill = (): void => signal(pid === undefined ? undefined : -pid, 'SIGKILL');
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('error', (error) => {
      log.end();
      resolve({ failure: error.message });
    });
    child.once('exit', (code, signalName) => {
      // The watcher is still in the group, so the group's id has not been reused.
      kill();
      child.stdin?.destroy();
      log.end();
      resolve({ exitCode: code ?? 128 + (signals[signalName ?? 'SIGKILL'] ?? 0) });
    });
  });
  return { pid, ended, kill, terminate: () => signal(pid, 'SIGTERM') };
}

/**
 * Throws for arguments that no process can have, such as text with a NUL character; the log is then ended.
 */
function spawnWatched(options: ProcessOptions, log: OpenLog): ChildProcess {
  const { descriptor } = log;
  try {
    return spawn('/bin/sh', ['-c', watched, 'batch-job', ...options.command], {
      cwd: options.directory,
      env: options.environment,
      detached: true,
      stdio: ['pipe', descriptor, descriptor],
    });
  } catch (error) {
    log.end();
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function signal(target: number | undefined, name: NodeJS.Signals): void {
  if (target === undefined) return;
  try {
    process.kill(target, name);
  } catch {
    // The process has already ended.
  }
}
