import { isTerminal, type JobStatus } from '../../contract/job-state.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';

/** The current status of a dependency; `deleted` if it was deleted. */
export interface Dependency {
  readonly jobId: string;
  readonly status: JobStatus | 'deleted';
}

const parallel = 10;

/** Reads the dependencies of a job with strong consistency. */
export function readDependencies(
  jobs: Pick<JobStore, 'get'>,
  { tenant, dependsOn = [] }: Pick<Job, 'tenant' | 'dependsOn'>,
): Promise<readonly Dependency[]> {
  return inParallel(dependsOn, parallel, async (jobId) => {
    const job = await jobs.get({ tenant, jobId });
    return { jobId, status: job?.status ?? 'deleted' };
  });
}

/** The dependencies that can no longer succeed. */
export function failedDependencies(dependencies: readonly Dependency[]): readonly Dependency[] {
  return dependencies.filter(
    ({ status }) => status === 'deleted' || (isTerminal(status) && status !== 'succeeded'),
  );
}

/** The IDs of the dependencies that have not succeeded yet. */
export function unfinishedIds(dependencies: readonly Dependency[]): readonly string[] {
  return dependencies.filter(({ status }) => status !== 'succeeded').map(({ jobId }) => jobId);
}
