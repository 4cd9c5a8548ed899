import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';

/** The key of a job, and the job itself if the caller has just read it. */
export interface JobRef extends JobKey {
  readonly current?: Job;
}

const maxTries = 10;

/**
 * Reads a job, decides, and writes on condition that the job was not modified in between; after a conflict it
 * reads and decides again. Throws `unavailable` after ten conflicts, which requires constant writes by
 * others.
 */
export async function updateJob<Result>(
  jobs: Pick<JobStore, 'get' | 'replace'>,
  { current, ...key }: JobRef,
  decide: (job: Job | undefined) => Decision<Result> | Promise<Decision<Result>>,
): Promise<Result> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const job = tried === 0 && current !== undefined ? current : await jobs.get(key);
    const { next, result } = await decide(job);
    if (job === undefined || next === undefined) return result;
    if ((await jobs.replace(next, job.version, job)) === 'replaced') return result;
  }
  throw new ProblemError(
    'unavailable',
    `The job ${key.jobId} is being modified by other requests; try again`,
  );
}
