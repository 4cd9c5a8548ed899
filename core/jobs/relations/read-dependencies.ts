import { isTerminal, type JobStatus } from '../../contract/job-state.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';

/** The current status of a dependency; `gone` if it was deleted. */
export interface NeededJob {
  readonly jobId: string;
  readonly status: JobStatus | 'gone';
}

const parallel = 10;

/** Reads the dependencies of a job with strong consistency. */
export function readDependencies(
  jobs: Pick<JobStore, 'get'>,
  { tenant, dependsOn = [] }: Pick<Job, 'tenant' | 'dependsOn'>,
): Promise<readonly NeededJob[]> {
  return inParallel(dependsOn, parallel, async (jobId) => {
    const job = await jobs.get({ tenant, jobId });
    return { jobId, status: job?.status ?? 'gone' };
  });
}

/** The dependencies that can no longer succeed. */
export function failedOf(needed: readonly NeededJob[]): readonly NeededJob[] {
  return needed.filter(({ status }) => status === 'gone' || (isTerminal(status) && status !== 'succeeded'));
}

/** The ids of the dependencies that have not succeeded yet. */
export function openOf(needed: readonly NeededJob[]): readonly string[] {
  return needed.filter(({ status }) => status !== 'succeeded').map(({ jobId }) => jobId);
}
