import type { AttemptLog, Job } from './job.ts';

/** The job with where its current attempt writes; the very same job when that is known already, or not told. */
export function noteLog(job: Job, log: AttemptLog | undefined): Job {
  return log === undefined || job.log !== undefined ? job : { ...job, log };
}
