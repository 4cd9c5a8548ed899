import { beforeEach, describe, expect, test } from 'vitest';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import {
  batchJob,
  claimTime,
  batchLog as log,
  runningOnBatch,
  scheduledJob,
} from '../../../support/jobs/batch-attempts.ts';
import { batchWorld } from '../../../support/jobs/batch-world.ts';
import { reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';

type World = Awaited<ReturnType<typeof batchWorld>>;

const queueEnds = someTime + 3_600_000;
const reconciledCauses = ({ deps }: World) =>
  deps.lines.filter((line) => line.startsWith('Repaired ')).map((line) => line.slice(9));

async function worldOf(job: Job, change?: Parameters<typeof batchJob>[0]): Promise<World> {
  const world = await batchWorld(job);
  if (change !== undefined) world.deps.batch.put(batchJob(change));
  return world;
}

describe('the reconciler for an attempt that waits on Batch', () => {
  test('allows the submission two minutes from the claim, and makes no request', async () => {
    const world = await worldOf(scheduledJob());
    world.deps.batch.refuse(new Error('asked'));
    const job = await world.reconcileAt(someTime + reconcileAfterMs);
    expect(job).toMatchObject({ status: 'scheduled', nextCheckAt: claimTime + 120_000 });
    expect(reconciledCauses(world)).toEqual([]);
  });

  test('finds a Batch job by its name when the response to its submission was lost', async () => {
    const world = await worldOf(scheduledJob(), { statusReason: 'no room' });
    const job = await world.reconcileAt(claimTime + 120_000);
    expect(job).toMatchObject({ dispatcherId: 'batch-1', waitingReason: { detail: 'no room' } });
    expect(world.deps.executions.starts).toEqual([]);
  });

  test('resubmits an attempt that Batch does not have, by a new claim without a new attempt', async () => {
    const world = await worldOf(scheduledJob());
    const job = await world.reconcileAt(claimTime + 120_000);
    expect(job).toMatchObject({ status: 'scheduled', attempt: 1, starts: 2 });
    expect(job).not.toHaveProperty('claim');
    expect(job.nextCheckAt).toBe(claimTime + 240_000);
    expect(world.deps.executions.starts).toMatchObject([{ attempt: 1, start: 2, delaySeconds: 0 }]);
    expect(reconciledCauses(world)).toEqual(['not-submitted']);
    const now = claimTime + 121_000;
    const claim = { attempt: 1, executionDigest: 'B', tokenDigest: 'token-2', to: 'scheduled', now } as const;
    const { next } = claimAttempt(job, claim);
    expect(next?.claim).toEqual({ executionDigest: 'B', tokenDigest: 'token-2' });
    expect(claimAttempt(next, { ...claim, executionDigest: 'A' }).result).toEqual({
      claimed: false,
      reason: 'not-available',
    });
  });

  test('starts the attempt state machine again while no claim arrives, and finally ends the attempt at its queue limit', async () => {
    const world = await worldOf(
      scheduledJob({ policy: { maxAttempts: 1, backoffSeconds: 1, backoffRate: 1 } }),
    );
    world.deps.executions.refuse(new Error('throttled'));
    let job = await world.reconcileAt(claimTime + 120_000);
    while (job.nextCheckAt !== undefined) job = await world.reconcileAt(job.nextCheckAt);
    expect(job).toMatchObject({ status: 'error', failure: { code: 'capacity' }, finishedAt: queueEnds });
    expect(job.starts).toBeGreaterThan(20);
    expect(new Set(reconciledCauses(world))).toEqual(new Set(['not-submitted', 'capacity']));
  });

  test('stops the Batch job of an earlier claim before the attempt is submitted again', async () => {
    const world = await worldOf(scheduledJob(), { claim: 'another-claim', status: 'RUNNING' });
    const job = await world.reconcileAt(claimTime + 120_000);
    expect(job).not.toHaveProperty('dispatcherId');
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
    expect(world.deps.executions.starts).toHaveLength(1);
  });

  test('ends an attempt that Batch had no capacity for, and stops it', async () => {
    const world = await worldOf(scheduledJob({ dispatcherId: 'batch-1' }), {});
    const early = await world.reconcileAt(queueEnds - 1);
    expect(early).toMatchObject({ status: 'scheduled', nextCheckAt: queueEnds });
    const job = await world.reconcileAt(queueEnds);
    expect(job).toMatchObject({
      status: 'retrying',
      endedAttempts: [
        { number: 1, dispatcherId: 'batch-1', startedAt: claimTime, failure: { code: 'capacity' } },
      ],
    });
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
    expect(world.deps.executions.starts).toMatchObject([{ attempt: 2 }]);
    expect(reconciledCauses(world)).toEqual(['capacity']);
    expect((await world.applyEvent(batchJob({ status: 'FAILED' }))).applied).toBe('stale');
  });

  test('lets an attempt run that starts as its queue limit ends, with the time that Batch reports', async () => {
    const startedAt = queueEnds - 500;
    const world = await worldOf(scheduledJob({ dispatcherId: 'batch-1' }), { status: 'RUNNING', startedAt });
    const job = await world.reconcileAt(queueEnds);
    expect(job).toMatchObject({ status: 'executing', startedAt });
    expect(job.nextCheckAt).toBeGreaterThan(queueEnds);
    expect(reconciledCauses(world)).toEqual(['event-lost']);
  });

  test('ends an attempt that Batch no longer knows', async () => {
    const world = await worldOf(scheduledJob({ dispatcherId: 'batch-1' }));
    const job = await world.reconcileAt(someTime + reconcileAfterMs);
    expect(job.endedAttempts).toMatchObject([{ failure: { code: 'lost' } }]);
  });

  test('looks up a waiting attempt on Batch at increasing intervals', async () => {
    const world = await worldOf(scheduledJob({ dispatcherId: 'batch-1' }), {});
    const checks: number[] = [];
    for (let job = await world.stored(); job.status === 'scheduled'; ) {
      checks.push(((job.nextCheckAt ?? 0) - claimTime) / 1000);
      job = await world.reconcileAt(job.nextCheckAt ?? 0);
    }
    expect(checks.length).toBeLessThan(13);
    expect(checks.at(-1)).toBe(3599);
  });
});

describe('the reconciler for an attempt that runs on Batch', () => {
  const startedAt = claimTime + 1000;
  const overdueAt = startedAt + 3_600_000 + reconcileAfterMs;

  test('applies an unreported success before it checks any limit', async () => {
    const world = await worldOf(runningOnBatch(), { status: 'SUCCEEDED', startedAt });
    const job = await world.reconcileAt(someTime + 86_400_000 - 1000);
    expect(job).toMatchObject({ status: 'succeeded', result: { json: 'null' } });
    expect(reconciledCauses(world)).toEqual(['event-lost']);
  });

  test('applies an unreported failure like a reported one', async () => {
    const failed = { status: 'FAILED', statusReason: 'CannotPullContainerError: no' } as const;
    const world = await worldOf(scheduledJob(), failed);
    const job = await world.reconcileAt(claimTime + 120_000);
    expect(job).toMatchObject({ status: 'error', failure: { code: 'image-pull' }, dispatcherId: 'batch-1' });
  });

  test('ends an attempt that Batch runs beyond its limit, one check later than Batch should have', async () => {
    const world = await worldOf(runningOnBatch(), { status: 'RUNNING', startedAt });
    expect(await world.reconcileAt(overdueAt - 1)).toMatchObject({
      status: 'executing',
      nextCheckAt: overdueAt,
    });
    const job = await world.reconcileAt(overdueAt);
    expect(job.endedAttempts).toMatchObject([{ failure: { code: 'timeout', retryable: true } }]);
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
    expect(reconciledCauses(world)).toEqual(['timeout']);
  });

  test('records the log location of an attempt with an unreported start, and of one that its worker has started', async () => {
    for (const before of [scheduledJob({ dispatcherId: 'batch-1' }), runningOnBatch()]) {
      const world = await worldOf(before, { status: 'RUNNING', startedAt, log });
      const job = await world.reconcileAt(someTime + reconcileAfterMs);
      expect(job).toMatchObject({ status: 'executing', log, version: before.version + 1 });
    }
  });

  test('records the log location of an attempt when it ends it', async () => {
    const world = await worldOf(runningOnBatch(), { status: 'RUNNING', startedAt, log });
    expect((await world.reconcileAt(overdueAt)).endedAttempts).toMatchObject([
      { failure: { code: 'timeout' }, log },
    ]);
    const lost = await worldOf(runningOnBatch(), { status: 'SUCCEEDED', startedAt, log });
    expect(await lost.reconcileAt(someTime + reconcileAfterMs)).toMatchObject({ status: 'succeeded', log });
  });

  test('ends and stops an attempt whose heartbeat timeout has passed', async () => {
    const limits = { ...runningOnBatch().limits, heartbeatSeconds: 300 };
    const world = await worldOf(runningOnBatch({ limits }), { status: 'RUNNING', startedAt });
    expect((await world.reconcileAt(startedAt + 299_999)).status).toBe('executing');
    const job = await world.reconcileAt(startedAt + 300_000);
    expect(job.endedAttempts).toMatchObject([{ failure: { code: 'lost' } }]);
    expect(world.deps.batch.terminated).toHaveLength(1);
  });

  test('ends a running job at its own limit, regardless of the limit of its attempt, and stops it', async () => {
    const limits = { ...runningOnBatch().limits, timeoutSeconds: 600 };
    const world = await worldOf(runningOnBatch({ limits }), { status: 'RUNNING', startedAt });
    const job = await world.reconcileAt(someTime + 600_000);
    expect(job).toMatchObject({ status: 'error', failure: { code: 'timeout', retryable: false } });
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
  });

  test('waits at most ten minutes beyond the limit for a response of Batch', async () => {
    const world = await worldOf(runningOnBatch(), { status: 'RUNNING', startedAt });
    world.deps.batch.refuse(new Error('throttled'));
    const patient = await world.reconcileAt(overdueAt + 599_999);
    expect(patient).toMatchObject({
      status: 'executing',
      nextCheckAt: overdueAt + 599_999 + reconcileAfterMs,
    });
    const job = await world.reconcileAt(overdueAt + 700_000);
    expect(job.endedAttempts).toMatchObject([{ failure: { code: 'lost' } }]);
    expect(world.deps.lines).toContain('stop-failed');
  });

  test('ends a job at its limit as timed out when Batch does not respond', async () => {
    const world = await worldOf(runningOnBatch());
    world.deps.batch.refuse(new Error('throttled'));
    const limitAt = someTime + 86_400_000;
    const limits = { ...runningOnBatch().limits, attemptTimeoutSeconds: 86_400 };
    await world.deps.jobs.replace({ ...runningOnBatch({ limits }), version: 4 }, 3);
    expect((await world.reconcileAt(limitAt + 599_000)).status).toBe('executing');
    expect(await world.reconcileAt(limitAt + 700_000)).toMatchObject({ failure: { code: 'timeout' } });
  });

  test('retries the processing of an end, and ends the attempt when that fails for too long', async () => {
    const world = await worldOf(runningOnBatch(), { status: 'SUCCEEDED', startedAt });
    const { get } = world.deps.objects;
    world.deps.objects.get = async () => {
      throw new Error('no storage');
    };
    const job = await world.reconcileAt(startedAt + reconcileAfterMs);
    expect(job).toMatchObject({ status: 'executing', nextCheckAt: startedAt + 2 * reconcileAfterMs });
    expect(world.deps.lines).toContain('RepairFailed');
    expect((await world.reconcileAt(overdueAt + 600_000)).endedAttempts).toMatchObject([
      { failure: { code: 'lost' } },
    ]);
    world.deps.objects.get = get;
  });

  test('does not stop a Batch job with another name, whatever ID a worker reported', async () => {
    const other = { dispatcherId: 'batch-9', jobName: 'somebody-elses', status: 'RUNNING' } as const;
    const world = await worldOf(runningOnBatch({ dispatcherId: 'batch-9' }));
    world.deps.batch.put(other);
    const limits = { ...runningOnBatch().limits, timeoutSeconds: 600 };
    await world.deps.jobs.replace({ ...runningOnBatch({ dispatcherId: 'batch-9', limits }), version: 4 }, 3);
    const job = await world.reconcileAt(someTime + 600_000);
    expect(job.status).toBe('error');
    expect(world.deps.batch.terminated).toEqual([]);
  });

  test('stops the Batch job with the name of an attempt whose ID Batch does not know', async () => {
    const world = await worldOf(runningOnBatch({ dispatcherId: 'batch-9' }), { status: 'RUNNING' });
    const job = await world.reconcileAt(startedAt + reconcileAfterMs);
    expect(job.endedAttempts).toMatchObject([{ failure: { code: 'lost' } }]);
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
  });
});

describe('the reconciler for a Batch job that is being aborted', () => {
  let world: World;
  const requestedAt = claimTime + 5000;
  const aborting = (): Job => {
    const job = runningOnBatch();
    return {
      ...job,
      status: 'aborting',
      abort: { requestedAt, by: 'me', stopped: 'terminated', childrenAborted: 0 },
      transitions: [...job.transitions, { status: 'aborting', at: requestedAt, attempt: 1 }],
      updatedAt: requestedAt,
      version: 4,
    };
  };
  beforeEach(async () => {
    world = await worldOf(aborting(), { status: 'RUNNING' });
  });

  test('stops it at each check, and ends it after a minute and not before', async () => {
    world.deps.batch.refuse(new Error('throttled'), ['terminate']);
    const job = await world.reconcileAt(requestedAt + 59_999);
    expect(job).toMatchObject({ status: 'aborting', nextCheckAt: requestedAt + 60_000 });
    expect(world.deps.lines).toContain('stop-failed');
    world.deps.batch.refuse(undefined);
    expect(await world.reconcileAt(requestedAt + 60_000)).toMatchObject({
      status: 'aborted',
      failure: { code: 'aborted' },
    });
    expect(world.deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
    expect(reconciledCauses(world)).toEqual(['aborting']);
  });

  test('ends it with the report of Batch that it was stopped or had succeeded', async () => {
    const { job } = await world.applyEvent(batchJob({ status: 'SUCCEEDED' }));
    expect(job).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
    expect(job).not.toHaveProperty('result');
  });
});
