import type { JobStore } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';

/** Whether other jobs may reuse the result of a job, or have done so. A job that reuses a result itself is not reused again. */
export function mayBeReused({ status, contentDigest, reusedFrom }: Job): boolean {
  return status === 'succeeded' && contentDigest !== undefined && reusedFrom === undefined;
}

/** Whether a job may be reused at `now` (epoch milliseconds): it is not being deleted, and ended at most `maxAgeSeconds` ago. */
export function isReusable(
  job: Job | undefined,
  { now, maxAgeSeconds }: { readonly now: number; readonly maxAgeSeconds: number },
): job is Job {
  if (job === undefined || !mayBeReused(job) || job.cascade?.kind === 'delete') return false;
  return now - (job.finishedAt ?? 0) <= maxAgeSeconds * 1000;
}

/** Whether a parent of a job, at any distance, is being deleted, and the job with it. Reads nothing for a job without a parent. */
export async function isDeletedWithParent(
  { jobs }: { readonly jobs: Pick<JobStore, 'get'> },
  { tenant, parentId }: Job,
): Promise<boolean> {
  for (let jobId = parentId; jobId !== undefined; ) {
    const parent: Job | undefined = await jobs.get({ tenant, jobId });
    if (parent?.cascade?.kind === 'delete') return true;
    jobId = parent?.parentId;
  }
  return false;
}
