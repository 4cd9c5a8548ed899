import type { Job } from '../model/job.ts';
import { linkedJobs, type PlanDeps } from './deletion.ts';

/**
 * IDs of the jobs that have the result of a job, page by page, with those that may be about to get it: missing jobs that may still be
 * created. A job whose deletion was accepted will not survive, so it does not count. Strongly consistent; reads nothing for a job
 * whose result cannot be reused.
 */
export async function* reusersOf(
  deps: Pick<PlanDeps, 'jobs' | 'links' | 'clock'>,
  job: Job,
): AsyncGenerator<readonly string[], void> {
  for await (const { jobs, creatingIds } of linkedJobs(deps, job, 'reuse')) {
    // The link of an interrupted reuse may lead to a job that has run instead.
    const reusing = jobs.filter(
      ({ reusedFrom, cascade }) => reusedFrom === job.id && cascade?.accepted !== true,
    );
    const ids = [...reusing.map(({ id }) => id), ...creatingIds];
    if (ids.length > 0) yield ids;
  }
}

/** Whether a surviving job has the result of a job, or may be about to get it. */
export async function isReused(deps: Pick<PlanDeps, 'jobs' | 'links' | 'clock'>, job: Job): Promise<boolean> {
  for await (const _ of reusersOf(deps, job)) return true;
  return false;
}
