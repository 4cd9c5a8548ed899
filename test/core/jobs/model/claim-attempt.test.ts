import { describe, expect, test } from 'vitest';
import { fromItem, toItem } from '../../../../aws/dynamodb/job-items/job-item.ts';
import { tokenFingerprint } from '../../../../core/access/model/worker-token.ts';
import { jobStatuses } from '../../../../core/contract/job-state.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import { executionDigest } from '../../../../core/jobs/model/execution-digest.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { releaseAttempt } from '../../../../core/jobs/model/release-attempt.ts';
import { digest } from '../../../../core/std/digest.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';

const claim = {
  attempt: 1,
  executionDigest: 'A',
  tokenDigest: 'token-2',
  to: 'executing',
  now: startTime,
} as const;

/** A scheduled job whose dispatcher may not have received the attempt yet. */
function scheduled(given: Partial<Job> = {}): Job {
  const { startedAt: _, ...job } = executingJob({ status: 'scheduled', ...given });
  const [pending] = job.transitions;
  if (pending === undefined) throw new Error('no move');
  return { ...job, transitions: [pending, { status: 'scheduled', at: startTime, attempt: 1 }] };
}

function retrying(): Job {
  const { claim: _, ...job } = executingJob();
  const failure = { code: 'lost', detail: '', retryable: true, attempt: 1 } as const;
  return {
    ...job,
    status: 'retrying',
    nextAttemptAt: startTime + 10,
    endedAttempts: [{ number: 1, startedAt: startTime, finishedAt: startTime, failure }],
    transitions: [...job.transitions, { status: 'retrying', at: startTime, attempt: 1 }],
    version: 3,
  };
}

describe('claimAttempt', () => {
  test('claims the first attempt of a pending job in one write', () => {
    const { next, result } = claimAttempt(aJob(), claim);
    expect(result).toEqual({ claimed: true, job: next });
    expect(next).toEqual(
      executingJob({
        claim: { executionDigest: 'A', tokenDigest: 'token-2' },
        issuedTokenFingerprints: ['token-2'],
      }),
    );
  });

  test('does not change nextCheckAt, so that a short job changes no index key', () => {
    expect(claimAttempt(aJob(), claim).next?.nextCheckAt).toBe(aJob().nextCheckAt);
  });

  test('advances nextCheckAt only for a job whose heartbeat timeout ends earlier', () => {
    const of = (heartbeatSeconds: number) =>
      claimAttempt(aJob({ limits: { ...aJob().limits, heartbeatSeconds } }), claim).next?.nextCheckAt;
    expect(of(10)).toBe(startTime + 10_000);
    expect(of(3600)).toBe(aJob().nextCheckAt);
  });

  test('claims the next attempt of a job that waits for it', () => {
    const before = retrying();
    const { next } = claimAttempt(before, {
      ...claim,
      attempt: 2,
      executionDigest: 'B',
      now: startTime + 50,
    });
    if (next === undefined) throw new Error('refused');
    checkWrite(before, next);
    checkJob(next);
    expect(next).toMatchObject({ status: 'executing', attempt: 2, startedAt: startTime + 50 });
  });

  test('returns the attempt again to the same execution, with a fresh token and its full time', () => {
    const before = executingJob();
    const { next, result } = claimAttempt(before, { ...claim, now: startTime + 9 });
    expect(result.claimed).toBe(true);
    expect(next).toEqual({
      ...before,
      claim: { executionDigest: 'A', tokenDigest: 'token-2' },
      issuedTokenFingerprints: ['token-0', 'token-1', 'token-2'],
      startedAt: startTime + 9,
      updatedAt: startTime + 9,
      version: 3,
    });
  });

  test('records that another run of the execution has claimed, because that run may have started', () => {
    const [one, other] = ['12:00:00', '12:00:07'].map((enteredAt) => executionDigest('A', enteredAt));
    if (one === undefined || other === undefined) throw new Error('no digests');
    const before = executingJob({ claim: { executionDigest: one, tokenDigest: 'token-1' } });
    const claimOf = (job: Job | undefined, digest: string) =>
      claimAttempt(job, { ...claim, executionDigest: digest }).next;
    expect(claimOf(before, one)?.claim?.isRepeated).toBeUndefined();
    const second = claimOf(before, other);
    expect(second?.claim?.isRepeated).toBe(true);
    expect(claimOf(second, other)?.claim?.isRepeated).toBe(true);
    expect(claimOf(before, executionDigest('B', '12:00:00'))).toBeUndefined();
  });

  test('refuses another run of an execution that released the attempt, and accepts the next start', () => {
    const given = releaseAttempt(executingJob(), { now: startTime + 5, nextCheckAt: startTime + 60_000 });
    const again = { ...claim, now: startTime + 9 };
    expect(claimAttempt(given, { ...again, startNumber: given.starts })).toEqual({
      result: { claimed: false, reason: 'not-available' },
    });
    const { next } = claimAttempt(given, { ...again, executionDigest: 'B', startNumber: given.starts + 1 });
    expect(next).toMatchObject({ status: 'executing', attempt: 1 });
    expect(next).not.toHaveProperty('givenBackBy');
  });

  test('refuses another execution while the attempt is claimed', () => {
    expect(claimAttempt(executingJob(), { ...claim, executionDigest: 'B' })).toEqual({
      result: { claimed: false, reason: 'not-available' },
    });
  });

  test('refuses an execution whose claim ended earlier', () => {
    expect(claimAttempt(retrying(), claim).result.claimed).toBe(false);
  });

  test.each([0, 2, 3])('refuses attempt %i of a job whose next attempt is the first', (attempt) => {
    expect(claimAttempt(aJob(), { ...claim, attempt }).result.claimed).toBe(false);
  });

  test('keeps the fingerprints of the 20 most recent tokens, for any attempt and claim', () => {
    let job = aJob();
    const tokens = Array.from({ length: 22 }, (_, index) => digest(`token ${index}`));
    for (const tokenDigest of tokens) job = claimAttempt(job, { ...claim, tokenDigest }).next ?? job;
    expect(job.issuedTokenFingerprints).toEqual(tokens.slice(2).map(tokenFingerprint));
    expect(fromItem(toItem(job))).toEqual(job);
  });

  test('refuses a job that does not exist', () => {
    expect(claimAttempt(undefined, claim)).toEqual({
      result: { claimed: false, reason: 'not-available' },
    });
  });

  test.each(
    jobStatuses.filter((status) => !['pending', 'retrying', 'scheduled', 'executing'].includes(status)),
  )('refuses a job that is %s', (status) => {
    expect(claimAttempt(aJob({ status }), claim).result.claimed).toBe(false);
    expect(claimAttempt(executingJob({ status }), claim).result.claimed).toBe(false);
  });

  test('never sets a start before the request when the clocks differ', () => {
    const { next } = claimAttempt(aJob(), { ...claim, now: someTime - 5 });
    expect([next?.startedAt, next?.scheduledAt, next?.updatedAt]).toEqual([someTime, someTime, someTime]);
  });
});

describe('claimAttempt for a dispatcher that schedules the attempt first', () => {
  const provided = { ...claim, to: 'scheduled' } as const;

  test('schedules the attempt, which has not started', () => {
    const before = aJob();
    const { next } = claimAttempt(before, provided);
    if (next === undefined) throw new Error('refused');
    checkWrite(before, next);
    checkJob(next);
    expect(next).toEqual(
      scheduled({
        claim: { executionDigest: 'A', tokenDigest: 'token-2' },
        issuedTokenFingerprints: ['token-2'],
      }),
    );
  });

  test('keeps no data of the previous attempt', () => {
    const before = { ...retrying(), dispatcherId: 'batch-1' };
    const { next } = claimAttempt(before, { ...provided, attempt: 2, now: startTime + 50 });
    if (next === undefined) throw new Error('refused');
    checkWrite(before, next);
    checkJob(next);
    expect(next).toMatchObject({ status: 'scheduled', attempt: 2, scheduledAt: startTime + 50 });
    for (const member of ['startedAt', 'dispatcherId', 'nextAttemptAt'])
      expect(next).not.toHaveProperty(member);
  });

  test('returns the attempt again to the same execution as long as no dispatcher has it', () => {
    const { next } = claimAttempt(scheduled(), { ...provided, now: startTime + 9 });
    expect(next).toEqual(
      scheduled({
        claim: { executionDigest: 'A', tokenDigest: 'token-2' },
        issuedTokenFingerprints: ['token-0', 'token-1', 'token-2'],
        scheduledAt: startTime + 9,
        updatedAt: startTime + 9,
        version: 3,
      }),
    );
    const had = scheduled({ dispatcherId: 'batch-1' });
    expect(claimAttempt(had, provided).result.claimed).toBe(false);
  });

  test('gives an attempt whose claim was removed to the next execution, and to no other', () => {
    const { claim: _, ...taken } = scheduled();
    const { next } = claimAttempt(taken, { ...provided, executionDigest: 'B' });
    if (next === undefined) throw new Error('refused');
    checkWrite(taken, next);
    expect(next.claim).toEqual({ executionDigest: 'B', tokenDigest: 'token-2' });
    expect(claimAttempt(next, { ...provided, executionDigest: 'C' }).result.claimed).toBe(false);
  });

  test('refuses every other execution, and its own once the container runs', () => {
    expect(claimAttempt(scheduled(), { ...provided, executionDigest: 'B' }).result.claimed).toBe(false);
    expect(claimAttempt(executingJob(), provided).result.claimed).toBe(false);
  });
});

describe('a claim after a limit of its job', () => {
  const { limits } = aJob();
  const late = (job: Job, now: number) => {
    const { next, result } = claimAttempt(job, { ...claim, attempt: job.attempt + 1, now });
    if (next !== undefined) {
      checkWrite(job, next);
      checkJob(next);
    }
    return { claimed: result.claimed, code: next?.failure?.code };
  };

  test('ends a waiting job as the reconciler would, and is refused', () => {
    const queueEnds = someTime + limits.queueTimeoutSeconds * 1000;
    expect(late(aJob(), queueEnds - 1)).toEqual({ claimed: true, code: undefined });
    expect(late(aJob(), queueEnds)).toEqual({ claimed: false, code: 'queue-timeout' });
    expect(late(retrying(), startTime + 10 + limits.queueTimeoutSeconds * 1000)).toEqual({
      claimed: false,
      code: 'queue-timeout',
    });
    const patient = { ...limits, queueTimeoutSeconds: 604_800 };
    const deadline = someTime + limits.timeoutSeconds * 1000;
    for (const job of [aJob({ limits: patient }), { ...retrying(), limits: patient }]) {
      expect(late(job, deadline - 1).claimed).toBe(true);
      expect(late(job, deadline)).toEqual({ claimed: false, code: 'timeout' });
    }
  });

  test('does not let the execution that holds the attempt start anything, and does not change the job', () => {
    const now = someTime + limits.timeoutSeconds * 1000;
    expect(claimAttempt(executingJob(), { ...claim, now })).toEqual({
      result: { claimed: false, reason: 'not-available' },
    });
    const provided = { ...claim, to: 'scheduled', now } as const;
    expect(claimAttempt(scheduled(), provided)).toEqual({
      result: { claimed: false, reason: 'not-available' },
    });
  });
});
