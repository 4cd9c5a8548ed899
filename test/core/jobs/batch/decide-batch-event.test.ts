import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../../core/contract/policy.ts';
import { decideBatchEvent } from '../../../../core/jobs/batch/decide-batch-event.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import type { BatchJob } from '../../../../core/ports/batch-dispatcher.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import {
  batchJob,
  claimTime,
  batchLog as log,
  runningOnBatch,
  scheduledJob,
} from '../../../support/jobs/batch-attempts.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { reconcileAfterMs } from '../../../support/jobs/jobs.ts';

const now = claimTime + 30_000;

function decide(job: Job | undefined, event: BatchJob, attempt = 1) {
  const decision = decideBatchEvent(job, { attempt, batchJob: event, now });
  if (decision.next === undefined) return decision;
  if (job !== undefined) checkWrite(job, decision.next);
  checkJob(decision.next);
  return decision;
}

const nothing = (result: string) => ({ result });

function ended(code: FailureCode, job: Job = runningOnBatch()): Job {
  const outcome = { kind: 'failed', code, detail: '' } as const;
  const { next } = settleJob(job, { attempt: 1, outcome, now, jitter: 1, reconcileAfterMs });
  if (next === undefined) throw new Error('not settled');
  return next;
}

function aborting(job: Job): Job {
  const { next } = decideAbort(job, { by: 'me', now, mode: 'terminate' });
  if (next === undefined) throw new Error('not aborted');
  return next;
}

describe('decideBatchEvent', () => {
  test('stores the ID of the first reported Batch job, and why it waits', () => {
    const { next, result } = decide(scheduledJob(), batchJob({ statusReason: 'no room' }));
    expect(result).toBe('recorded');
    expect(next).toMatchObject({
      status: 'scheduled',
      dispatcherId: 'batch-1',
      waitingReason: { code: 'capacity', detail: 'no room' },
    });
    expect(decide(next, batchJob({ statusReason: 'no room' }))).toEqual(nothing('recorded'));
    expect(decide(next, batchJob())).toEqual(nothing('recorded'));
    expect(decide(next, batchJob({ status: 'STARTING' }))).toEqual(nothing('recorded'));
    expect(decide(next, batchJob({ statusReason: 'still none' })).next?.waitingReason?.detail).toBe(
      'still none',
    );
  });

  test('sets the start to the time that Batch reports, between the claim and now', () => {
    const waiting = scheduledJob({ waitingReason: { code: 'capacity', detail: 'no room' } });
    const at = (startedAt?: number) =>
      decide(waiting, batchJob({ status: 'RUNNING', ...omitUndefined({ startedAt }) })).next;
    expect(at(claimTime + 7)).toMatchObject({
      status: 'executing',
      dispatcherId: 'batch-1',
      startedAt: claimTime + 7,
    });
    expect(at(claimTime + 7)).not.toHaveProperty('waitingReason');
    expect(at(0)?.startedAt).toBe(claimTime);
    expect(at(now + 99_999)?.startedAt).toBe(now);
    expect(at()?.startedAt).toBe(now);
  });

  test('schedules the check of a started attempt no later than its heartbeat timeout', () => {
    const limits = { ...scheduledJob().limits, heartbeatSeconds: 5 };
    const { next } = decide(scheduledJob({ limits }), batchJob({ status: 'RUNNING', startedAt: now - 1000 }));
    expect(next?.nextCheckAt).toBe(now + 4000);
  });

  test('does not change a running attempt for late or repeated events', () => {
    expect(decide(runningOnBatch(), batchJob({ status: 'RUNNING', startedAt: 1 }))).toEqual(
      nothing('recorded'),
    );
    expect(decide(runningOnBatch(), batchJob({ statusReason: 'no room' }))).toEqual(nothing('recorded'));
    expect(decide(runningOnBatch(), batchJob({ status: 'STARTING' }))).toEqual(nothing('recorded'));
  });

  test('records the log location with the write that starts the attempt', () => {
    const { next } = decide(scheduledJob(), batchJob({ status: 'RUNNING', log }));
    expect(next).toMatchObject({ status: 'executing', log, version: scheduledJob().version + 1 });
    expect(decide(next, batchJob({ status: 'RUNNING', log }))).toEqual(nothing('recorded'));
  });

  test('records the log location once when the worker has started the attempt before', () => {
    const { next, result } = decide(runningOnBatch(), batchJob({ status: 'RUNNING', log }));
    expect(result).toBe('recorded');
    expect(next).toEqual({ ...runningOnBatch(), log, updatedAt: now, version: 4 });
    expect(decide(next, batchJob({ status: 'RUNNING', log }))).toEqual(nothing('recorded'));
    expect(decide(next, batchJob({ status: 'RUNNING', log: { ...log, stream: 'other' } }))).toEqual(
      nothing('recorded'),
    );
  });

  test('writes no log location on its own with the end, while the attempt is stopped, or late', () => {
    expect(decide(runningOnBatch(), batchJob({ status: 'SUCCEEDED', log }))).toEqual(nothing('ended'));
    const stopping = aborting(runningOnBatch());
    expect(decide(stopping, batchJob({ status: 'RUNNING', log }))).toEqual(nothing('orphan'));
    expect(decide(ended('invalid-result'), batchJob({ status: 'RUNNING', log }))).toEqual(nothing('stale'));
    expect(decide(aborting(scheduledJob()), batchJob({ status: 'RUNNING', log })).next).toMatchObject({
      log,
    });
  });

  test('records no log location of a second Batch job', () => {
    const event = batchJob({ dispatcherId: 'batch-2', status: 'RUNNING', log });
    expect(decide(runningOnBatch(), event)).toEqual(nothing('orphan'));
  });

  test('starts an attempt whose start was never reported before it ends it', () => {
    const event = batchJob({ status: 'SUCCEEDED', startedAt: claimTime + 7 });
    const { next, result } = decide(scheduledJob(), event);
    expect(result).toBe('ended');
    expect(next).toMatchObject({ status: 'executing', startedAt: claimTime + 7 });
    const failed = decide(scheduledJob(), batchJob({ status: 'FAILED' }));
    expect(failed).toMatchObject({ result: 'ended', next: { status: 'scheduled', dispatcherId: 'batch-1' } });
    expect(decide(runningOnBatch(), event)).toEqual(nothing('ended'));
  });

  test.each(['RUNNABLE', 'STARTING', 'RUNNING'] as const)(
    'requests to stop a second Batch job of an attempt that is %s',
    (status) => {
      expect(decide(runningOnBatch(), batchJob({ dispatcherId: 'batch-2', status }))).toEqual(
        nothing('orphan'),
      );
      const bound = scheduledJob({ dispatcherId: 'batch-1' });
      expect(decide(bound, batchJob({ dispatcherId: 'batch-2', status }))).toEqual(nothing('orphan'));
    },
  );

  test('ignores the end of a second Batch job', () => {
    const event = batchJob({ dispatcherId: 'batch-2', status: 'FAILED' });
    expect(decide(runningOnBatch(), event)).toEqual(nothing('stale'));
  });

  test('ignores a Batch job of an earlier claim, whose worker has an old token', () => {
    const other = scheduledJob({
      claim: { executionDigest: 'A', tokenDigest: 'digest-of-the-second-token' },
    });
    expect(decide(other, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
    expect(decide(other, batchJob({ status: 'SUCCEEDED' }))).toEqual(nothing('stale'));
    const { claim: _, ...unclaimed } = scheduledJob();
    expect(decide(unclaimed, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
    const { claim: __, ...untagged } = batchJob({ status: 'RUNNING' });
    expect(decide(scheduledJob(), untagged)).toMatchObject({
      result: 'recorded',
      next: { status: 'executing' },
    });
  });

  test('requests to stop all runs of a job that is being aborted, and keeps the ID for that', () => {
    const { next, result } = decide(aborting(scheduledJob()), batchJob({ status: 'STARTING' }));
    expect(result).toBe('orphan');
    expect(next).toMatchObject({ status: 'aborting', dispatcherId: 'batch-1' });
    expect(decide(next, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
    expect(decide(next, batchJob({ status: 'SUCCEEDED', startedAt: 5 }))).toEqual(nothing('ended'));
  });

  test.each(['lost', 'timeout', 'capacity', 'spot-interrupted'] as const)(
    'requests to stop an attempt that ended as %s',
    (code) => {
      const over = ended(code);
      expect(over.status).toBe('retrying');
      expect(decide(over, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
      expect(decide(over, batchJob({ status: 'FAILED' }))).toEqual(nothing('stale'));
      const policy = { maxAttempts: 1, backoffSeconds: 1, backoffRate: 1 };
      const last = ended(code, runningOnBatch({ policy }));
      expect(last.status).toBe('error');
      expect(decide(last, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
    },
  );

  test('does not stop a container whose worker has reported the end', () => {
    const policy = {
      maxAttempts: 3,
      backoffSeconds: 1,
      backoffRate: 1,
      retryOn: ['service-failed' as const],
    };
    expect(
      decide(ended('service-failed', runningOnBatch({ policy })), batchJob({ status: 'RUNNING' })),
    ).toEqual(nothing('stale'));
    expect(decide(ended('invalid-result'), batchJob({ status: 'RUNNING' }))).toEqual(nothing('stale'));
    const outcome = { kind: 'succeeded', result: { kind: 'inline', json: '1' } } as const;
    const { next } = settleJob(runningOnBatch(), { attempt: 1, outcome, now, jitter: 1, reconcileAfterMs });
    expect(decide(next, batchJob({ status: 'RUNNING' }))).toEqual(nothing('stale'));
    expect(decide(next, batchJob({ status: 'RUNNING', dispatcherId: 'batch-2' }))).toEqual(nothing('orphan'));
  });

  test('requests to stop a Batch job of an attempt or a job that does not exist', () => {
    expect(decide(runningOnBatch(), batchJob({ status: 'RUNNING' }), 2)).toEqual(nothing('orphan'));
    expect(decide(runningOnBatch(), batchJob({ status: 'FAILED' }), 2)).toEqual(nothing('stale'));
    expect(decide(undefined, batchJob({ status: 'RUNNING' }))).toEqual(nothing('orphan'));
    expect(decide(undefined, batchJob({ status: 'SUCCEEDED' }))).toEqual(nothing('stale'));
  });
});
