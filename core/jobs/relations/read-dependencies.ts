import { isTerminal, type JobStatus } from '../../contract/job-state.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';

/** A job that another one needs, as it is now; `gone` when it was deleted. */
export interface NeededJob {
  readonly jobId: string;
  readonly status: JobStatus | 'gone';
}

const parallel = 10;

/** The jobs that a job depends on, read strongly consistent. */
export function readDependencies(
  jobs: Pick<JobStore, 'get'>,
  { tenant, dependsOn = [] }: Pick<Job, 'tenant' | 'dependsOn'>,
): Promise<readonly NeededJob[]> {
  return inParallel(dependsOn, parallel, async (jobId) => {
    const job = await jobs.get({ tenant, jobId });
    return { jobId, status: job?.status ?? 'gone' };
  });
}

/** Those that can no longer succeed. */
export function failedOf(needed: readonly NeededJob[]): readonly NeededJob[] {
  return needed.filter(({ status }) => status === 'gone' || (isTerminal(status) && status !== 'succeeded'));
}

/** The ids of those that have not succeeded yet. */
export function openOf(needed: readonly NeededJob[]): readonly string[] {
  return needed.filter(({ status }) => status !== 'succeeded').map(({ jobId }) => jobId);
}
