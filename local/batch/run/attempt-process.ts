import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { type LogFile, type OpenLog, openLog } from '../../logs/log-file.ts';

/** What to run. */
export interface ProcessOptions {
  /** Program and arguments; at least the program. */
  readonly command: readonly string[];
  readonly directory: string;
  /** All that the program sees: nothing of this process's environment comes through. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes both outputs. */
  readonly logFile: LogFile;
  readonly logGroup: string;
}

/** How a process ended; `failure` tells why it never began. */
export interface ProcessEnd {
  readonly exitCode?: number;
  readonly failure?: string;
}

/** A program in a process group of its own. */
export interface AttemptProcess {
  /** Of the program and of its group; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Settles when the program has ended and its group was killed; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Asks the program itself to end, as a container's first process is asked. */
  terminate(): void;
  /** Ends the whole group at once. */
  kill(): void;
}

/**
 * Runs the program in place of the shell, beside a watcher that reads a pipe from us. The pipe closes when this process
 * ends, however it ends, and then the watcher kills the group. The pipe is kept as descriptor 3, since a shell gives what
 * runs beside it no standard input.
 */
const WATCHED = `
exec 3<&0
( exec >/dev/null 2>&1
  trap '' HUP INT TERM
  cat <&3
  kill -s KILL -- -$$
) &
exec "$@" 3<&- </dev/null
`;

/** Signals that a shell would tell as 128 and their number. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
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

/** Starts a program. What it leaves behind in its group ends with it, as a container does with its first process. */
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
      // The watcher is still in the group, so its number is nobody else's yet.
      kill();
      child.stdin?.destroy();
      log.end();
      resolve({ exitCode: code ?? 128 + (SIGNALS[signalName ?? 'SIGKILL'] ?? 0) });
    });
  });
  return { pid, ended, kill, terminate: () => signal(pid, 'SIGTERM') };
}

/** Throws for what no process can be given, such as a text with a NUL, and then the log has ended. */
function spawnWatched(options: ProcessOptions, log: OpenLog): ChildProcess {
  const { descriptor } = log;
  try {
    return spawn('/bin/sh', ['-c', WATCHED, 'batch-job', ...options.command], {
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
    // It has ended already.
  }
}
