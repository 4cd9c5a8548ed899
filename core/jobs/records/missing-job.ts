import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';

/** The problem of a missing job: `job-deleted` if it has a tombstone, else `not-found`. Costs one read. */
export async function missingJob(
  jobs: Pick<JobStore, 'tombstone'>,
  { tenant, jobId }: JobKey,
): Promise<ProblemError> {
  const tombstone = await jobs.tombstone({ tenant, jobId });
  if (tombstone === undefined) return new ProblemError('not-found', `The job ${jobId} does not exist`);
  const { by } = tombstone;
  const deletedAt = new Date(tombstone.deletedAt).toISOString();
  return new ProblemError('job-deleted', `The job ${jobId} was deleted`, { deletedAt, by });
}
