import { expect, test } from 'vitest';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { queueDeadlineOf } from '../../../../core/jobs/model/time-limits.ts';
import { claimTime, scheduledJob } from '../../../support/jobs/batch-attempts.ts';

const secondClaim = claimTime + 600_000;

/** A job whose attempt was claimed for Batch, and then taken from its execution because Batch does not have it. */
function unclaimed(attempt: 1 | 2): Job {
  const { claim: _, transitions, ...job } = scheduledJob();
  if (attempt === 1) return { ...job, transitions };
  return {
    ...job,
    attempt,
    scheduledAt: secondClaim,
    updatedAt: secondClaim,
    transitions: [
      ...transitions,
      { status: 'retrying', at: claimTime + 500_000, attempt: 1 },
      { status: 'scheduled', at: secondClaim, attempt },
    ],
  };
}

test.each([1, 2] as const)(
  'attempt %i gets no additional time in the queue when it is claimed again',
  (attempt) => {
    const job = unclaimed(attempt);
    const claim = { attempt, executionDigest: 'B', tokenDigest: 'token-2', to: 'scheduled' } as const;
    const { next } = claimAttempt(job, { ...claim, now: job.updatedAt + 120_000 });
    if (next === undefined) throw new Error('the claim was refused');
    expect(next.scheduledAt).toBe(job.updatedAt + 120_000);
    expect(queueDeadlineOf(next)).toBe(queueDeadlineOf(job));
  },
);
