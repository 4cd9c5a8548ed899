import type { Job } from './job.ts';

/** Returns whether the current or last attempt runs on Batch: only Batch attempts are ever `scheduled`. */
export function isOnBatch(job: Job): boolean {
  return job.transitions.some(({ status, attempt }) => status === 'scheduled' && attempt === job.attempt);
}
