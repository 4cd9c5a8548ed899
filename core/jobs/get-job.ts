import type { Clock } from '../ports/clock.ts';
import type { JobKey, JobStore } from '../ports/job-store.ts';
import type { Job } from './job.ts';
import { missingJob } from './missing-job.ts';
import { type Wait, waitForJob } from './wait-for-job.ts';

export interface GetJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'tombstone'>;
  readonly clock: Clock;
}

/** The job as it is now, or after a wait. Throws `not-found`, for another tenant's job too, and `job-deleted`. */
export async function getJob(deps: GetJobDeps, key: JobKey, wait?: Wait): Promise<Job> {
  const job = wait === undefined ? await deps.jobs.get(key) : await waitForJob(deps, key, wait);
  if (job === undefined) throw await missingJob(deps.jobs, key);
  return job;
}
