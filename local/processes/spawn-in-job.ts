import { execFile, spawn } from 'node:child_process';
import {
  type BoundCommand,
  type BoundProcess,
  describeChild,
  endedBy,
  isRunning,
  outputs,
  spawnOptions,
} from './bound-process.ts';

/**
 * Starts a program on Windows. Node.js puts its children into a job object, whose processes the system
 * kills when this process ends for any reason. https://github.com/libuv/libuv/blob/v1.x/src/win/process.c (uv__init_global_job_handle)
 */
export function spawnInJob({ command: [program = '', ...rest], ...options }: BoundCommand): BoundProcess {
  const child = spawn(program, rest, {
    ...spawnOptions(options),
    stdio: ['ignore', ...outputs(options)],
    windowsHide: true,
  });
  let isKilled = false;
  const killProgram = (): void => {
    isKilled = isKilled || isRunning(child);
    child.kill('SIGKILL');
  };
  const { ended, ...described } = describeChild(child);
  return {
    ...described,
    // The command that kills sets an exit code of its own.
    ended: ended.then((end) => (isKilled ? endedBy('SIGKILL') : end)),
    terminate: killProgram,
    kill: () => {
      if (!isRunning(child)) return;
      isKilled = true;
      // The job object does not contain the processes that the program started.
      execFile('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true }, killProgram);
    },
    end: killProgram,
  };
}
