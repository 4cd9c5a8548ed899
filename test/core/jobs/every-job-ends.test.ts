import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { reconcileJob } from '../../../core/jobs/reconciler/reconcile-job.ts';
import { checkJob, checkWrite } from '../../support/jobs/job-invariants.ts';
import { reconcileAfterMs } from '../../support/jobs/jobs.ts';
import { applyReport, jobs } from './job-reports.ts';

interface Schedule {
  /** The delay of each check, in milliseconds. */
  readonly lateness: number;
  readonly jitter: number;
  /** Whether an execution claims each attempt and never reports, and how long after its start. */
  readonly claimsAfter?: number;
}

/** Checks the job whenever it is due; nothing else reports anything. */
function reconcileToTheEnd(
  start: Job,
  { lateness, jitter, claimsAfter }: Schedule,
): { job: Job; checks: number } {
  let job = start;
  let checks = 0;
  while (job.nextCheckAt !== undefined && checks < 1_000_000) {
    const now = job.nextCheckAt + lateness;
    if (claimsAfter !== undefined && job.status !== 'executing')
      job = claimed(job, now - lateness + claimsAfter);
    // A claim after a limit ends the job.
    if (isTerminal(job.status)) break;
    const { next } = reconcileJob(job, { now, reconcileAfterMs, jitter });
    if (next === undefined)
      throw new Error(`The check of ${job.status} changed nothing, though the job was due`);
    checkWrite(job, next);
    if (!isTerminal(next.status)) expect(next.nextCheckAt).toBeGreaterThan(now);
    job = next;
    checks += 1;
  }
  return { job, checks };
}

function claimed(job: Job, now: number): Job {
  const report = {
    kind: 'claim',
    execution: 'A',
    ahead: 1,
    attempt: job.attempt + 1,
    at: now - job.requestedAt,
  } as const;
  return applyReport(job, report).next ?? job;
}

const schedules = fc.record(
  {
    lateness: fc.integer({ min: 0, max: 120_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    claimsAfter: fc.integer({ min: -60_000, max: 0 }),
  },
  { requiredKeys: ['lateness', 'jitter'] },
);

describe('a job that only the reconciler handles', () => {
  test('ends within its time limit plus one check interval and the delay of that check', () => {
    fc.assert(
      fc.property(jobs, schedules, (start, schedule) => {
        const { job } = reconcileToTheEnd(start, schedule);
        checkJob(job);
        expect(job.status).toBe('error');
        const latest =
          start.requestedAt + start.limits.timeoutSeconds * 1000 + reconcileAfterMs + schedule.lateness;
        expect(job.finishedAt).toBeLessThanOrEqual(latest);
      }),
      { numRuns: 1000 },
    );
  });

  test('is checked at most once per check interval and three times per attempt', () => {
    fc.assert(
      fc.property(jobs, schedules, (start, schedule) => {
        const { checks } = reconcileToTheEnd(start, schedule);
        const intervals = Math.ceil((start.limits.timeoutSeconds * 1000) / reconcileAfterMs) + 1;
        expect(checks).toBeLessThanOrEqual(intervals + 3 * start.policy.maxAttempts);
      }),
      { numRuns: 1000 },
    );
  });

  test('ends at its queue limit when nothing ever starts it', () => {
    fc.assert(
      fc.property(jobs, (start) => {
        const { job } = reconcileToTheEnd(start, { lateness: 0, jitter: 0 });
        const { queueTimeoutSeconds, timeoutSeconds } = start.limits;
        if (timeoutSeconds <= queueTimeoutSeconds) expect(job.failure?.code).toBe('timeout');
        if (timeoutSeconds * 1000 > queueTimeoutSeconds * 1000 + reconcileAfterMs) {
          expect(job.failure?.code).toBe('queue-timeout');
        }
        expect(job.attempt).toBe(0);
      }),
    );
  });

  test('has used its attempts or its time when every execution is lost', () => {
    fc.assert(
      fc.property(jobs, fc.double({ min: 0, max: 1, noNaN: true }), (start, jitter) => {
        const { job } = reconcileToTheEnd(start, { lateness: 0, jitter, claimsAfter: 0 });
        expect(job.failure?.code).toBeOneOf(['lost', 'timeout', 'queue-timeout']);
        if (job.failure?.code === 'lost' && start.policy.retryOn === undefined) {
          const nextStart = (job.finishedAt ?? 0) + 3_600_000;
          const limit = start.requestedAt + start.limits.timeoutSeconds * 1000;
          if (nextStart < limit) expect(job.attempt).toBe(start.policy.maxAttempts);
        }
      }),
    );
  });
});
