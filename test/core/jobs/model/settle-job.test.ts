import { describe, expect, test } from 'vitest';
import { type FailureCode, failureCodes } from '../../../../core/contract/policy.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { type AttemptOutcome, type Settlement, settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';

const succeeded: AttemptOutcome = { kind: 'succeeded', result: { kind: 'inline', json: '{"ok":true}' } };
const lost: AttemptOutcome = { kind: 'failed', code: 'lost', detail: 'gone' };
const now = startTime + 2500;

function settle(job: Job | undefined, outcome: AttemptOutcome, change: Partial<Settlement> = {}) {
  const decision = settleJob(job, { attempt: 1, outcome, now, jitter: 1, reconcileAfterMs, ...change });
  if (job !== undefined && decision.next !== undefined) checkWrite(job, decision.next);
  if (decision.next !== undefined) checkJob(decision.next);
  return decision;
}

function withPolicy(policy: Partial<Job['policy']>, change: Partial<Job> = {}): Job {
  return executingJob({
    policy: { maxAttempts: 3, backoffSeconds: 10, backoffRate: 2, ...policy },
    ...change,
  });
}

/** The job in the given attempt; the earlier attempts are lost. */
function inAttempt(attempt: number, policy: Partial<Job['policy']>): Job {
  let job = withPolicy({ maxAttempts: 10, ...policy });
  for (let number = 1; number < attempt; number += 1) {
    const { next } = settle(job, lost, { attempt: number, jitter: 0 });
    if (next === undefined) throw new Error('not settled');
    const { nextAttemptAt: _, ...waiting } = next;
    const claim = { executionDigest: 'A', tokenDigest: 't' };
    const transitions = [...next.transitions, { status: 'executing' as const, at: now, attempt: number + 1 }];
    job = {
      ...waiting,
      status: 'executing',
      attempt: number + 1,
      startedAt: now,
      claim,
      transitions,
      version: next.version + 1,
    };
  }
  return job;
}

describe('settleJob', () => {
  test('ends the job with the result when the attempt succeeded', () => {
    const { next, result } = settle(executingJob(), succeeded);
    expect(result).toEqual({ settled: 'ended', job: next });
    expect(next).toMatchObject({
      status: 'succeeded',
      finishedAt: now,
      result: { kind: 'inline', json: '{"ok":true}' },
    });
  });

  test('shortens the message of a failure to the space in its item, whatever its source is', () => {
    const failureOf = (detail: string, reason: string) => {
      const outcome = { kind: 'failed', code: 'service-failed', detail, reason } as const;
      return settle(withPolicy({ maxAttempts: 1 }), outcome).next?.failure;
    };
    const [detail, reason] = ['語'.repeat(4200), '語'.repeat(1000)];
    expect(failureOf(detail, reason)).toMatchObject({ detail, reason });
    expect(failureOf('"'.repeat(1e6), '"'.repeat(1e6))).toMatchObject({
      detail: `${'"'.repeat(6298)}…`,
      reason: `${'"'.repeat(1498)}…`,
    });
  });

  test('stores the type of a service error, in at most 768 bytes of JSON', () => {
    const typeOf = (serviceErrorType: string) => {
      const outcome = { kind: 'failed', code: 'service-failed', detail: 'no', serviceErrorType } as const;
      return settle(withPolicy({ maxAttempts: 1 }), outcome).next?.failure?.serviceErrorType;
    };
    expect(typeOf('empty-text')).toBe('empty-text');
    const longestOfWorkers = '\u0001'.repeat(128);
    expect(typeOf(longestOfWorkers)).toBe(longestOfWorkers);
    expect(typeOf('語'.repeat(1e6))).toBe(`${'語'.repeat(255)}…`);
    expect(typeOf('a\ud83d')).toBe('a\ufffd');
    expect(typeOf('')).toBeUndefined();
  });

  test('completes the progress on success only, and keeps the reported steps and message', () => {
    const reported = { stepsTotal: 3, stepsCompleted: 2, completion: 2 / 3, message: 'two' };
    const job = executingJob({ progress: reported });
    expect(settle(job, succeeded).next?.progress).toEqual({ ...reported, completion: 1 });
    expect(settle(executingJob({ progress: { message: 'so far' } }), succeeded).next?.progress).toEqual({
      message: 'so far',
    });
    expect(settle(executingJob(), succeeded).next).not.toHaveProperty('progress');
    expect(settle({ ...job, policy: { ...job.policy, maxAttempts: 1 } }, lost).next?.progress).toEqual(
      reported,
    );
  });

  test.each(Object.entries(failureCodes))(
    'ends %s in the state of its code when no attempt is left',
    (code, entry) => {
      const outcome: AttemptOutcome = { kind: 'failed', code: code as FailureCode, detail: 'why' };
      const { next } = settle(withPolicy({ maxAttempts: 1 }), outcome);
      expect(next).toMatchObject({ status: entry.status, failure: { code, detail: 'why', attempt: 1 } });
    },
  );

  test.each(Object.entries(failureCodes))(
    'retries %s if and only if the code is retryable',
    (code, entry) => {
      const outcome: AttemptOutcome = { kind: 'failed', code: code as FailureCode, detail: 'why' };
      const { next } = settle(executingJob(), outcome);
      expect(next?.status).toBe(entry.retryable ? 'retrying' : entry.status);
    },
  );

  test('retries a failure of the service when the service requests it', () => {
    const failed: AttemptOutcome = { kind: 'failed', code: 'service-failed', detail: 'busy' };
    expect(settle(executingJob(), { ...failed, retryable: true }).next?.status).toBe('retrying');
    expect(settle(executingJob(), { ...failed, retryable: false }).next?.status).toBe('failed');
  });

  test('ignores the request of the service for failures with other codes', () => {
    const failureWith = (code: FailureCode, retryable: boolean): AttemptOutcome => ({
      kind: 'failed',
      code,
      detail: '',
      retryable,
    });
    expect(settle(executingJob(), failureWith('lost', false)).next?.status).toBe('retrying');
    expect(settle(executingJob(), failureWith('misconfigured', true)).next?.status).toBe('error');
  });

  test('follows retryOn instead of the default of the code', () => {
    const only = withPolicy({ retryOn: ['service-failed'] });
    const failed: AttemptOutcome = { kind: 'failed', code: 'service-failed', detail: 'no' };
    expect(settle(only, failed).next?.status).toBe('retrying');
    expect(settle(only, lost).next).toMatchObject({ status: 'error', failure: { retryable: false } });
  });

  test('records in the failure whether another attempt was allowed, also when none was left', () => {
    const last = settle(withPolicy({ maxAttempts: 1 }), lost).next;
    expect(last?.failure?.retryable).toBe(true);
  });

  test('keeps the data of the ended attempt and removes the claim', () => {
    const { next } = settle(executingJob(), lost);
    expect(next).not.toHaveProperty('claim');
    expect(next?.endedAttempts).toEqual([
      {
        number: 1,
        startedAt: startTime,
        finishedAt: now,
        failure: { code: 'lost', detail: 'gone', retryable: true, attempt: 1 },
      },
    ]);
  });

  test.each([
    [1, 10],
    [2, 20],
    [3, 40],
    [4, 80],
  ])('after attempt %i waits at most %i s', (attempt, seconds) => {
    const job = inAttempt(attempt, {});
    expect(settle(job, lost, { attempt, jitter: 1 }).next?.nextAttemptAt).toBe(now + seconds * 1000);
    expect(settle(job, lost, { attempt, jitter: 0.5 }).next?.nextAttemptAt).toBe(now + seconds * 500);
    expect(settle(job, lost, { attempt, jitter: 0 }).next?.nextAttemptAt).toBe(now);
  });

  test('never waits longer than an hour', () => {
    const job = inAttempt(9, { backoffSeconds: 3600, backoffRate: 10 });
    expect(settle(job, lost, { attempt: 9 }).next?.nextAttemptAt).toBe(now + 3_600_000);
  });

  test('waits whole seconds, because the state machine requires them', () => {
    const { next, result } = settle(withPolicy({ backoffSeconds: 2.5 }), lost, { jitter: 0.5 });
    expect(next?.nextAttemptAt).toBe(now + 2000);
    expect(result).toMatchObject({ settled: 'retrying', startDelaySeconds: 2 });
  });

  test('starts a retry within 30 s itself and leaves a later one to the reconciler', () => {
    const soon = settle(withPolicy({ backoffSeconds: 30 }), lost);
    expect(soon.result).toMatchObject({ startDelaySeconds: 30 });
    expect(soon.next?.nextCheckAt).toBe(now + 30_000 + reconcileAfterMs);
    const later = settle(withPolicy({ backoffSeconds: 31 }), lost);
    expect(later.result).not.toHaveProperty('startDelaySeconds');
    expect(later.next?.nextCheckAt).toBe(now + 31_000);
  });

  test('resets the number of starts for the next attempt, and counts none while the reconciler will start it', () => {
    expect(settle(executingJob({ starts: 5 }), lost).next?.starts).toBe(1);
    const later = settle(executingJob({ ...withPolicy({ backoffSeconds: 31 }), starts: 5 }), lost);
    expect(later.next?.starts).toBe(0);
  });

  test('starts no attempt that would start at or after the time limit of the job', () => {
    const limits = { attemptTimeoutSeconds: 60, queueTimeoutSeconds: 60, timeoutSeconds: 100 };
    const endsAt = someTime + 100_000;
    const settleAt = (at: number) => settle(executingJob({ limits }), lost, { now: at }).next;
    expect(settleAt(endsAt - 10_001)?.status).toBe('retrying');
    expect(settleAt(endsAt - 10_000)).toMatchObject({ status: 'error', failure: { code: 'lost' } });
  });

  test('ends an aborting job as aborted with its reason, whatever the outcome of the attempt is', () => {
    for (const outcome of [succeeded, lost]) {
      const transitions = [
        ...executingJob().transitions,
        { status: 'aborting' as const, at: startTime, attempt: 1 },
      ];
      const { next, result } = settle(executingJob({ status: 'aborting', transitions, version: 3 }), outcome);
      expect(result.settled).toBe('ended');
      expect(next).toMatchObject({
        status: 'aborted',
        failure: { code: 'aborted', retryable: false, attempt: 1 },
      });
    }
  });

  test.each([
    ['no job', undefined],
    ['a job that nothing claimed', aJob()],
    ['a later attempt', executingJob({ attempt: 2 })],
    ['a job that waits for its next attempt', executingJob({ status: 'retrying' })],
    ['a job that has ended', executingJob({ status: 'succeeded' })],
  ])('changes nothing for %s', (_, job) => {
    expect(settle(job, succeeded)).toEqual({ result: { settled: 'stale' } });
  });

  test('changes nothing for attempt 0, which never runs', () => {
    expect(settle(aJob(), lost, { attempt: 0 })).toEqual({ result: { settled: 'stale' } });
  });

  test('sets no end before the start when the clocks differ', () => {
    const { next } = settle(executingJob(), lost, { now: startTime - 400, jitter: 0 });
    expect(next?.endedAttempts[0]?.finishedAt).toBe(startTime);
    expect(next?.nextAttemptAt).toBe(startTime);
  });
});
