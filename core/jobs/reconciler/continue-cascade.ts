import type { JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { deleteTree } from '../deletion/delete-tree.ts';
import { type DeletionDeps, scopeOf } from '../deletion/deletion.ts';
import type { Job } from '../model/job.ts';
import { type AbortJobDeps, abortChildrenOf } from '../relations/abort-job.ts';

export interface ContinueCascadeDeps extends AbortJobDeps, Pick<DeletionDeps, 'data' | 'contents'> {
  readonly jobs: JobStore;
  readonly links: JobLinks;
  readonly objects: Pick<ObjectStore, 'get' | 'removeAll'>;
}

/** How long the reconciler may plan a deletion whose caller died before it was accepted. */
const planMs = 5000;

/** Continues the work on other jobs that a job has left, until the deadline (epoch milliseconds). */
export async function continueCascade(
  deps: ContinueCascadeDeps,
  job: Job,
  budgetEndsAt: number,
): Promise<void> {
  const { cascade, tenant, id: jobId } = job;
  if (cascade?.kind === 'abort-children') return abortChildrenOf(deps, job, budgetEndsAt);
  if (cascade?.kind !== 'delete') return;
  const { by } = cascade;
  const planUntil = Math.min(budgetEndsAt, deps.clock.now() + planMs);
  const deletion = await deleteTree(
    deps,
    { tenant, jobId },
    {
      ...{ by, ...scopeOf(job), planUntil, budgetEndsAt },
      isContinued: true,
    },
  );
  if (deletion === 'deleted' || deletion === 'open') return;
  deps.log.warn('deletion-abandoned', { jobId, reason: deletion.blocked, jobIds: deletion.jobIds.join(' ') });
}
