import { expect, test } from 'vitest';
import type { Fault } from '../../events/fault.ts';
import { until } from '../fixture/until.ts';
import { localBatch, script } from './local-batch.ts';

test('an image that cannot be pulled fails the job before its command starts', async () => {
  const local = localBatch({ faults: { attempts: () => ({ kind: 'image-pull' }) } });
  const id = await local.submit();
  const job = await local.ended(id);
  expect(job.statusReason).toMatch(/^CannotPullContainerError: .*:imagehash/);
  expect(job.container.reason).toBe(job.statusReason);
  expect(job).not.toHaveProperty('startedAt');
  expect(local.states(id)).toEqual(['RUNNABLE', 'STARTING', 'FAILED']);
});

test('a job without capacity stays RUNNABLE with its reason until it is terminated', async () => {
  const local = localBatch({ faults: { attempts: () => ({ kind: 'no-capacity' }) } });
  const id = await local.submit();
  const job = await until('the reason', async () => {
    const seen = await local.describe(id);
    return seen.statusReason === undefined ? undefined : seen;
  });
  expect(job.status).toBe('RUNNABLE');
  expect(job.statusReason).toMatch(/^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - /);
  expect(local.events.at(-1)?.detailType).toBe('Batch Job Queue Blocked');
  await local.call('terminatejob', { jobId: id, reason: 'enough' });
  expect((await local.ended(id)).statusReason).toBe('enough');
});

test('an interruption of Spot capacity terminates the program, and the job is retried if its strategy allows it', async () => {
  const local = localBatch({
    faults: {
      attempts: ({ attempt }) => (attempt === 1 ? { kind: 'spot-interruption', afterMs: 300 } : undefined),
    },
  });
  const id = await local.submit({
    ...script(`test $AWS_BATCH_JOB_ATTEMPT = 2 && exit 0; trap 'exit 143' TERM; sleep 600 & wait`),
    retryStrategy: { attempts: 2 },
  });
  const job = await local.ended(id);
  expect(job.status).toBe('SUCCEEDED');
  expect(job.attempts[0]).toMatchObject({
    statusReason: 'Your Spot Task was interrupted.',
    container: { exitCode: 143 },
  });
});

test('an interruption of Spot capacity fails a job without retries', async () => {
  const local = localBatch({
    faults: { attempts: () => ({ kind: 'spot-interruption', afterMs: 50 }) },
  });
  const job = await local.ended(await local.submit(script('exec sleep 600')));
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Your Spot Task was interrupted.' });
});

/** Returns the states published on the bus if the fault is injected into one of them. */
async function publishedStates(faulty: string, fault: Fault): Promise<readonly string[]> {
  const local = localBatch({
    faults: { events: ({ status }) => (status === faulty ? fault : undefined) },
  });
  const id = await local.submit(script('true'));
  await local.ended(id);
  await until('all expected events', () =>
    fault.kind === 'drop' || local.states(id).includes(faulty) ? true : undefined,
  );
  return local.states(id);
}

test('an event may be lost, duplicated, delayed or reordered', async () => {
  expect(await publishedStates('RUNNING', { kind: 'drop' })).toEqual(['RUNNABLE', 'STARTING', 'SUCCEEDED']);
  expect(await publishedStates('STARTING', { kind: 'duplicate' })).toEqual([
    'RUNNABLE',
    'STARTING',
    'STARTING',
    'RUNNING',
    'SUCCEEDED',
  ]);
  expect((await publishedStates('RUNNING', { kind: 'delay', delayMs: 1500 })).at(-1)).toBe('RUNNING');
  expect(await publishedStates('STARTING', { kind: 'reorder' })).toEqual([
    'RUNNABLE',
    'RUNNING',
    'STARTING',
    'SUCCEEDED',
  ]);
  expect((await publishedStates('SUCCEEDED', { kind: 'reorder' })).at(-1)).toBe('SUCCEEDED');
});
