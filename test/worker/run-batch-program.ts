import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WorkerServer } from '../support/worker-server.ts';

const program = new URL('fixture/batch-program.ts', import.meta.url).pathname;

/** A container's program as a process. */
export interface BatchProgram {
  readonly child: ChildProcess;
  /** Resolves when the program has written that it works. */
  readonly working: Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
}

/** Starts a program of the fixture as AWS Batch starts a container's; a variable that is `undefined` is not set. */
export function startBatchProgram(
  server: Pick<WorkerServer, 'url' | 'token'>,
  variables: Readonly<Record<string, string | undefined>>,
): BatchProgram {
  const child = spawn(process.execPath, [program], {
    env: {
      ERRAND_JOB_ID: 'the-job',
      ERRAND_ATTEMPT: '2',
      ERRAND_WORKER_URL: server.url,
      ERRAND_WORKER_TOKEN: server.token,
      AWS_BATCH_JOB_ID: 'batch-1',
      ERRAND_PARAMETERS: '{"a":1}',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let reportWorking = (): void => undefined;
  const working = new Promise<void>((resolve) => {
    reportWorking = resolve;
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('working')) reportWorking();
    });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, output }));
  return { child, working, ended };
}

/** Runs a program to its end. */
export function runBatchProgram(
  server: Pick<WorkerServer, 'url' | 'token'>,
  variables: Readonly<Record<string, string | undefined>>,
): BatchProgram['ended'] {
  return startBatchProgram(server, variables).ended;
}
