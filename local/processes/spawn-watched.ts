import { spawn } from 'node:child_process';
import {
  type BoundCommand,
  type BoundProcess,
  describeChild,
  isRunning,
  outputs,
  spawnOptions,
} from './bound-process.ts';

/**
 * Runs the program in place of the shell, next to a subshell that reads a pipe from this process. The pipe
 * closes when this process ends for any reason, and then the subshell ends the program and its process group.
 * The pipe is kept as descriptor 3, because a shell gives its background processes no standard input. The
 * first argument is the number of 100 ms between SIGTERM and SIGKILL.
 */
const watched = `
grace=$1
shift
exec 3<&0
( exec >/dev/null 2>&1
  trap '' HUP INT TERM
  read -r line <&3
  test "$grace" -eq 0 || kill -s TERM $$
  while test "$grace" -gt 0 && kill -s 0 $$; do sleep 0.1; grace=$((grace - 1)); done
  kill -s KILL -- -$$
) &
exec "$@" 3<&- </dev/null
`;

/** Starts a program on a system with a POSIX shell: Linux and macOS. */
export function spawnWatched({ command, graceMs, ...options }: BoundCommand): BoundProcess {
  const grace = String(Math.ceil(graceMs / 100));
  // A process group of its own can be killed as a whole, and Ctrl-C in the terminal does not reach it.
  const child = spawn('/bin/sh', ['-c', watched, 'program', grace, ...command], {
    ...spawnOptions(options),
    detached: true,
    stdio: ['pipe', ...outputs(options)],
  });
  child.stdin?.on('error', () => undefined);
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of its processes have already ended.
    }
  };
  child.once('exit', () => {
    // The subshell is still in the group, so the group exists and its id has not been reused.
    killGroup();
    child.stdin?.destroy();
  });
  return {
    ...describeChild(child),
    terminate: () => void child.kill('SIGTERM'),
    kill: () => {
      if (isRunning(child)) killGroup();
    },
    end: () => child.stdin?.destroy(),
  };
}
