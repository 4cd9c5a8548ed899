import type { Clock } from '../../ports/clock.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { missingJob } from '../records/missing-job.ts';

export interface GetJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'tombstone'>;
  readonly clock: Clock;
}

/**
 * Reads a job, unless the caller has just read it as `current`. Throws `not-found`, also for a job of another
 * tenant, and `job-deleted`.
 */
export async function getJob(deps: GetJobDeps, key: JobKey, current?: Job): Promise<Job> {
  const job = current ?? (await deps.jobs.get(key));
  if (job === undefined) throw await missingJob(deps.jobs, key);
  return job;
}
