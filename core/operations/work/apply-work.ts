import { ProblemError } from '../../contract/problems/problem-error.ts';
import { type DeleteJobInput, deleteJob } from '../../jobs/deletion/delete-job.ts';
import type { DeletionDeps } from '../../jobs/deletion/deletion.ts';
import { type AbortJobDeps, abortJob } from '../../jobs/relations/abort-job.ts';
import type { SubmitJobDeps } from '../../jobs/submission/submit-job.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { JobWork, Operation } from '../model/operation.ts';
import { rerunOnce } from './rerun-once.ts';
import { tagJob } from './tag-job.ts';

export type ApplyWorkDeps = AbortJobDeps &
  SubmitJobDeps &
  DeletionDeps & { readonly jobs: JobStore; readonly links: SubmitJobDeps['links'] };

/**
 * Applies the action of an operation to one job. Every action can be repeated without another effect, because the jobs of an
 * interrupted process are treated again: a job that is already aborted, deleted, rerun by this operation or tagged counts as done,
 * whoever did it. Throws the problems of the action.
 */
export async function applyWork(
  deps: ApplyWorkDeps,
  operation: Operation,
  { jobId, work }: { readonly jobId: string; readonly work: JobWork },
): Promise<void> {
  const key = { tenant: operation.tenant, jobId };
  const { owner: by } = operation;
  switch (work.action) {
    case 'abort':
      return abortUnlessAborted(deps, key, { by, reason: work.reason });
    case 'delete':
      return deleteUnlessDeleted(deps, { key, by, ...work, dryRun: false, meetsPrecondition: () => true });
    case 'rerun':
      return rerunOnce(deps, operation, { jobId, changes: work.changes });
    case 'tag':
      return tagJob(deps, key, work);
  }
}

async function abortUnlessAborted(
  deps: ApplyWorkDeps,
  key: JobKey,
  abort: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  try {
    await abortJob(deps, { key, ...abort });
  } catch (error) {
    // It may have been deleted since an interrupted process aborted it.
    if (isDeleted(error) && (await deps.jobs.tombstone(key))?.job.status === 'aborted') return;
    throw error;
  }
}

async function deleteUnlessDeleted(deps: ApplyWorkDeps, input: DeleteJobInput): Promise<void> {
  try {
    await deleteJob(deps, input);
  } catch (error) {
    if (!isDeleted(error)) throw error;
  }
}

function isDeleted(error: unknown): boolean {
  return error instanceof ProblemError && error.slug === 'job-deleted';
}
