import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import { planRemoval } from './plan-removal.ts';
import type { RemovalDeps } from './removal.ts';
import { removeTree } from './remove-tree.ts';

export interface DeleteOldJobDeps extends RemovalDeps {
  readonly log: Log;
}

/** Named as who deleted the job. */
const by = 'retention';

/**
 * Deletes a job if it ended before a time, in milliseconds since 1970, and nothing stands in the way. `kept`: it is there as it
 * was, or its deletion was accepted and goes on. Never throws; what goes wrong is logged.
 */
export async function deleteOldJob(
  deps: DeleteOldJobDeps,
  job: Job,
  limits: { readonly endedBefore: number; readonly deadline: number },
): Promise<'deleted' | 'kept'> {
  const { tenant, id: jobId } = job;
  if ((job.finishedAt ?? limits.endedBefore) >= limits.endedBefore) return 'kept';
  const { deadline } = limits;
  try {
    // Whatever stands in the way is found before the job is marked: a job that stays is not written.
    const plan = await planRemoval(deps, job, { withChildren: false, deadline });
    if ('blocked' in plan) return 'kept';
    const order = { by, withChildren: false, planUntil: deadline, deadline };
    return (await removeTree(deps, { tenant, jobId }, order)) === 'removed' ? 'deleted' : 'kept';
  } catch (error) {
    deps.log.warn('retention-failed', { jobId, error: asError(error) });
    return 'kept';
  }
}
