import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import { deleteTree } from './delete-tree.ts';
import type { DeletionDeps } from './deletion.ts';
import { planDeletion } from './plan-deletion.ts';

export interface DeleteOldJobDeps extends DeletionDeps {
  readonly log: Log;
}

/** Recorded as the author of the deletion. */
const by = 'retention';

/**
 * Deletes a job that ended before a time (epoch milliseconds) unless something blocks the deletion.
 * `kept`: the job is unchanged, or its deletion was accepted and continues. Never throws; errors are logged.
 */
export async function deleteOldJob(
  deps: DeleteOldJobDeps,
  job: Job,
  limits: { readonly endedBefore: number; readonly budgetEndsAt: number },
): Promise<'deleted' | 'kept'> {
  const { tenant, id: jobId } = job;
  if ((job.finishedAt ?? limits.endedBefore) >= limits.endedBefore) return 'kept';
  const { budgetEndsAt } = limits;
  try {
    // Obstacles are searched before the job is marked, so that a job which stays is not written.
    const plan = await planDeletion(deps, job, { withChildren: false, budgetEndsAt });
    if ('blocked' in plan) return 'kept';
    const order = { by, withChildren: false, planUntil: budgetEndsAt, budgetEndsAt };
    return (await deleteTree(deps, { tenant, jobId }, order)) === 'deleted' ? 'deleted' : 'kept';
  } catch (error) {
    deps.log.warn('retention-failed', { jobId, error: asError(error) });
    return 'kept';
  }
}
