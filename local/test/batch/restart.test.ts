import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { loadBatchModel, writeBatchAssembly } from './batch-stack.ts';
import { type LocalBatch, localBatch, script } from './local-batch.ts';

interface Killed {
  readonly first: string;
  readonly second: string;
  readonly restart: () => LocalBatch;
}

/** Runs Batch and kills it while the first job runs and the second waits. */
async function killedBatch(attempts: number): Promise<Killed> {
  const assembly = writeBatchAssembly({ maximumVcpus: 0.25 });
  const dataDirectory = temporaryDirectory();
  const main = new URL('run-batch.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, assembly, dataDirectory, String(attempts)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const ready = await new Promise<readonly string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line.split(' ').slice(1));
    });
    void exited.then(() => reject(new Error('Batch ended before it was ready')));
  });
  const [first = '', second = '', ...rest] = ready;
  const pids = rest.map(Number);
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => void process.kill(pid, 'SIGKILL')));
  expect(pids.every(isRunning)).toBe(true);
  child.kill('SIGKILL');
  await exited;
  await until('no program outlives Batch', () => !pids.some(isRunning));
  return { first, second, restart: () => localBatch({ model: loadBatchModel(assembly), dataDirectory }) };
}

test('after a kill a running job has lost its host, a waiting job runs, and no program remains', async () => {
  const { first, second, restart } = await killedBatch(1);
  const local = restart();
  const lost = await local.ended(first);
  expect(local.times(lost.attempts[0]?.container.logStreamName)).toMatchObject({ isEnded: true });
  expect(lost).toMatchObject({
    status: 'FAILED',
    statusReason: 'Host EC2 (instance i-00000000000000000) terminated.',
    attempts: [{ startedAt: expect.any(Number), stoppedAt: expect.any(Number) }],
  });
  expect(local.states(first)).toEqual(['FAILED']);
  expect((await local.ended(second)).status).toBe('SUCCEEDED');
});

test('a lost job is retried only if its retry strategy allows it', async () => {
  const { first, restart } = await killedBatch(2);
  const local = restart();
  const job = await local.reached(first, 'RUNNING');
  expect(job.attempts).toHaveLength(1);
  expect(local.states(first)).toEqual(['RUNNABLE', 'STARTING', 'RUNNING']);
  await local.call('terminatejob', { jobId: first, reason: 'seen' });
  await local.ended(first);
});

test('a job whose termination was requested does not run again after a restart', async () => {
  const dataDirectory = temporaryDirectory();
  const before = localBatch({ dataDirectory, delayScale: 1 });
  const id = await before.submit({
    ...script(`trap '' TERM; echo ready; while :; do sleep 600 & wait; done`),
    retryStrategy: { attempts: 5 },
  });
  expect(await before.firstLine(id)).toBe('ready');
  await before.call('terminatejob', { jobId: id, reason: 'not wanted' });
  await before.batch.stop();
  const after = localBatch({ dataDirectory });
  expect(await after.ended(id)).toMatchObject({
    status: 'FAILED',
    statusReason: 'not wanted',
    isTerminated: true,
  });
  expect(after.states(id)).toEqual(['FAILED']);
});

test('a stop ends the programs, and an event that the bus had not accepted is published after the restart', async () => {
  const dataDirectory = temporaryDirectory();
  const before = localBatch({
    dataDirectory,
    faults: {
      events: ({ status }) => (status === 'SUCCEEDED' ? { kind: 'delay', delayMs: 600_000 } : undefined),
    },
  });
  const id = await before.submit(script('true'));
  await before.ended(id);
  expect(before.states(id)).not.toContain('SUCCEEDED');
  await before.batch.stop();
  const after = localBatch({ dataDirectory });
  expect(after.states(id)).toEqual(['SUCCEEDED']);
  await after.batch.stop();
  const last = localBatch({ dataDirectory });
  expect(last.states(id)).toEqual([]);
});
