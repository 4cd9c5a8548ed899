import { ProblemError } from '../contract/problem-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobKey, JobStore } from '../ports/job-store.ts';
import type { Job } from './job.ts';
import { type Wait, waitForJob } from './wait-for-job.ts';

export interface GetJobDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly clock: Clock;
}

/** The job as it is now, or after a wait. Throws `not-found`, for another tenant's job too. */
export async function getJob(deps: GetJobDeps, key: JobKey, wait?: Wait): Promise<Job> {
  const job = wait === undefined ? await deps.jobs.get(key) : await waitForJob(deps, key, wait);
  if (job === undefined) throw new ProblemError('not-found', `There is no job ${key.jobId}`);
  return job;
}
