import { describe, expect, test } from 'vitest';
import { jobStatuses } from '../../../../core/contract/job-state.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcileJob } from '../../../../core/jobs/reconciler/reconcile-job.ts';
import type { CheckInput } from '../../../../core/jobs/reconciler/reconciliation.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';

const nextCheckAt = someTime + reconcileAfterMs;

function check(job: Job | undefined, now: number, change: Partial<CheckInput> = {}) {
  const decision = reconcileJob(job, { now, reconcileAfterMs, jitter: 1, ...change });
  if (job !== undefined && decision.next !== undefined) checkWrite(job, decision.next);
  if (decision.next !== undefined) checkJob(decision.next);
  return decision;
}

function retrying(nextAttemptAt: number): Job {
  const { claim: _, ...job } = executingJob();
  const failure = { code: 'lost', detail: '', retryable: true, attempt: 1 } as const;
  return {
    ...job,
    status: 'retrying',
    nextAttemptAt,
    nextCheckAt: nextAttemptAt,
    endedAttempts: [{ number: 1, startedAt: startTime, finishedAt: startTime, failure }],
    transitions: [...job.transitions, { status: 'retrying', at: startTime, attempt: 1 }],
    version: 3,
  };
}

describe('reconcileJob', () => {
  test('does nothing for a job that does not exist or is not due yet', () => {
    expect(check(undefined, nextCheckAt)).toEqual({ result: { cause: 'none' } });
    expect(check(aJob(), nextCheckAt - 1)).toEqual({ result: { cause: 'none' } });
  });

  test.each(jobStatuses.filter((status) => ['succeeded', 'failed', 'error', 'aborted'].includes(status)))(
    'does nothing for a job that has %s',
    (status) => {
      expect(check(aJob({ status }), nextCheckAt + 1e9)).toEqual({ result: { cause: 'none' } });
    },
  );

  test('starts a pending job that was never claimed, with the next start number', () => {
    const { next, result } = check(aJob(), nextCheckAt);
    expect(next).toMatchObject({ status: 'pending', starts: 2, nextCheckAt: nextCheckAt + reconcileAfterMs });
    expect(result).toEqual({ cause: 'not-started', start: { job: next, delaySeconds: 0 } });
  });

  test('ends a job that waited for its queue limit, to the millisecond', () => {
    const limitAt = someTime + 3_600_000;
    expect(check(aJob(), limitAt - 1).result.cause).toBe('not-started');
    expect(check(aJob(), limitAt).next).toMatchObject({
      status: 'error',
      failure: { code: 'queue-timeout', retryable: false, attempt: 0 },
    });
  });

  test('counts the queue limit of a retry from its own start', () => {
    const later = someTime + 7_200_000;
    expect(check(retrying(later), later).result.cause).toBe('not-started');
    expect(check(retrying(later), later + 3_600_000).next?.failure).toMatchObject({
      code: 'queue-timeout',
      attempt: 1,
    });
  });

  test('starts a retry that nothing else starts, however late, and counts its time in the queue from then', () => {
    const limits = { ...aJob().limits, queueTimeoutSeconds: 1 };
    const retryAt = someTime + 600_000;
    const job = { ...retrying(retryAt), limits, starts: 0 };
    const late = retryAt + 300_000;
    const { next, result } = check(job, late);
    expect(result).toEqual({ cause: 'not-started', start: { job: next, delaySeconds: 0 } });
    expect(next).toMatchObject({ status: 'retrying', starts: 1, nextAttemptAt: late });
    expect(check(next, late + reconcileAfterMs).next?.failure).toMatchObject({
      code: 'queue-timeout',
      attempt: 1,
    });
    const deadline = someTime + limits.timeoutSeconds * 1000;
    expect(check(job, deadline).next?.failure).toMatchObject({ code: 'timeout' });
  });

  test('never starts a retry before its time', () => {
    const job = { ...retrying(startTime + 500_000), nextCheckAt };
    const { next, result } = check(job, nextCheckAt);
    expect(result).toEqual({ cause: 'postponed' });
    expect(next?.nextCheckAt).toBe(startTime + 500_000);
  });

  test('postpones a running job to the time at which it would be lost', () => {
    const { next, result } = check(executingJob(), nextCheckAt);
    expect(result).toEqual({ cause: 'postponed' });
    expect(next?.nextCheckAt).toBe(startTime + 180_000 + 900_000);
  });

  test('marks an attempt as lost 15 minutes after its limit and starts the next one', () => {
    const lostAt = startTime + 1_080_000;
    expect(check(executingJob(), lostAt - 1).result.cause).toBe('postponed');
    const { next, result } = check(executingJob(), lostAt);
    expect(next).toMatchObject({ status: 'retrying', nextAttemptAt: lostAt + 10_000 });
    expect(result).toEqual({ cause: 'lost', start: { job: next, delaySeconds: 10 } });
  });

  test('marks an attempt as lost when its heartbeat timeout has passed since its start or its last report', () => {
    const limits = { ...executingJob().limits, heartbeatSeconds: 20 };
    const silent = executingJob({ limits, nextCheckAt: startTime + 20_000 });
    expect(check(silent, startTime + 20_000).result.cause).toBe('lost');
    const reported = { ...silent, reportedAt: startTime + 5000 };
    const { next, result } = check(reported, startTime + 24_999);
    expect([result.cause, next?.nextCheckAt]).toEqual(['postponed', startTime + 25_000]);
    expect(check(reported, startTime + 25_000).next?.endedAttempts).toMatchObject([
      { failure: { code: 'lost', detail: 'The attempt reported nothing for 20 s' } },
    ]);
  });

  test('accepts a report of an attempt as late as 15 checks take', () => {
    const soon = { reconcileAfterMs: 5_000 };
    expect(check(executingJob(), startTime + 254_999, soon).result.cause).toBe('postponed');
    expect(check(executingJob({ nextCheckAt: startTime }), startTime + 255_000, soon).result.cause).toBe(
      'lost',
    );
  });

  test('leaves the start of a late retry to the next pass', () => {
    const policy = { maxAttempts: 3, backoffSeconds: 31, backoffRate: 1 };
    const { next, result } = check(executingJob({ policy }), startTime + 1_080_000);
    expect(result).toEqual({ cause: 'lost' });
    expect(next?.nextCheckAt).toBe(startTime + 1_111_000);
  });

  test('ends a job whose last attempt is lost', () => {
    const policy = { maxAttempts: 1, backoffSeconds: 10, backoffRate: 1 };
    const { next, result } = check(executingJob({ policy }), startTime + 1_080_000);
    expect(result).toEqual({ cause: 'lost' });
    expect(next).toMatchObject({ status: 'error', failure: { code: 'lost', attempt: 1 } });
  });

  test.each([
    ['pending', aJob()],
    ['executing', executingJob()],
    ['retrying', retrying(startTime)],
  ])('ends a job that is %s at its own time limit', (_, job) => {
    const limitAt = someTime + 86_400_000;
    const { next } = check({ ...job, limits: { ...job.limits, queueTimeoutSeconds: 604_800 } }, limitAt);
    expect(next).toMatchObject({ status: 'error', failure: { code: 'timeout', retryable: false } });
  });

  test('checks again at the time limit of the job when that precedes the loss of the attempt', () => {
    const limits = { attemptTimeoutSeconds: 900, queueTimeoutSeconds: 60, timeoutSeconds: 100 };
    expect(check(executingJob({ limits }), nextCheckAt).next?.nextCheckAt).toBe(someTime + 100_000);
  });

  test('ends an aborting job, and records the reason', () => {
    const transitions = [
      ...executingJob().transitions,
      { status: 'aborting' as const, at: startTime, attempt: 1 },
    ];
    const { next, result } = check(
      executingJob({ status: 'aborting', transitions, version: 3 }),
      nextCheckAt,
    );
    expect(result.cause).toBe('aborting');
    expect(next).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
  });

  test('never sets the time of the last write back when the clocks differ', () => {
    const late = executingJob({ updatedAt: nextCheckAt + 500 });
    expect(check(late, nextCheckAt).next?.updatedAt).toBe(nextCheckAt + 500);
  });
});
