import type { Job } from '../../../core/jobs/model/job.ts';
import { aJob, someTime } from './jobs.ts';

/** The start of the first attempt of an executing test job: one second after the request. */
export const startTime = someTime + 1000;

/** A test job in its first attempt, which the execution `A` claimed twice: its first token was `token-0`. */
export function executingJob(given: Partial<Job> = {}): Job {
  return aJob({
    status: 'executing',
    attempt: 1,
    scheduledAt: startTime,
    startedAt: startTime,
    updatedAt: startTime,
    claim: { executionDigest: 'A', tokenDigest: 'token-1' },
    issuedTokenFingerprints: ['token-0', 'token-1'],
    transitions: [
      { status: 'pending', at: someTime, attempt: 0 },
      { status: 'executing', at: startTime, attempt: 1 },
    ],
    version: 2,
    ...given,
  });
}
