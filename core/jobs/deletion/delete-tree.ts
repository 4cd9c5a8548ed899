import type { JobKey } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { tombstoneOf } from '../model/tombstone.ts';
import { objectPrefix } from '../records/stored-json.ts';
import { linkPages } from '../relations/link-pages.ts';
import { acceptDeletion, acceptWithParent, type DeletionOrder } from './accept-deletion.ts';
import { type Blocked, type DeletionDeps, isDeletable, linkedJobs } from './deletion.ts';

export interface DeleteTreeOrder extends DeletionOrder {
  /** When to leave the rest to the reconciler, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

/** `open`: the deletion is accepted, and the reconciler continues it. */
export type Deletion = 'deleted' | 'open' | Blocked;

type DeletionRun = Pick<DeleteTreeOrder, 'by' | 'budgetEndsAt'>;

const maxTries = 10;
const parallel = 10;

/**
 * Deletes a job after its descendants, with all of its data, once the deletion is accepted. From then on
 * nothing blocks it: a sub-job that has started to run meanwhile is waited for, and a job that waits for a
 * deleted one fails.
 */
export async function deleteTree(deps: DeletionDeps, key: JobKey, order: DeleteTreeOrder): Promise<Deletion> {
  const accepted = await acceptDeletion(deps, key, order);
  if (accepted === 'deleted') return 'deleted';
  return 'blocked' in accepted ? accepted : deleteAccepted(deps, accepted, order);
}

async function deleteAccepted(deps: DeletionDeps, job: Job, order: DeletionRun): Promise<'deleted' | 'open'> {
  if ((await deleteChildren(deps, job, order)) === 'open') return 'open';
  await deps.objects.removeAll(objectPrefix({ tenant: job.tenant, jobId: job.id }));
  return replaceWithTombstone(deps, job, order);
}

async function deleteChildren(
  deps: DeletionDeps,
  parent: Job,
  order: DeletionRun,
): Promise<'deleted' | 'open'> {
  let open = false;
  for await (const { jobs, creatingIds } of linkedJobs(deps, parent, 'child')) {
    if (creatingIds.length > 0) open = true;
    for (const child of jobs) {
      if (deps.clock.now() >= order.budgetEndsAt) return 'open';
      if ((await deleteChild(deps, child, order)) === 'open') open = true;
    }
  }
  return open ? 'open' : 'deleted';
}

async function deleteChild(
  deps: DeletionDeps,
  { tenant, id: jobId }: Job,
  order: DeletionRun,
): Promise<'deleted' | 'open'> {
  const accepted = await acceptWithParent(deps, { tenant, jobId }, order.by);
  if (accepted === 'deleted') return 'deleted';
  return accepted === undefined ? 'open' : deleteAccepted(deps, accepted, order);
}

/** Links are deleted last, because an existing job has all of its links; links that stay lead to no job. */
async function replaceWithTombstone(
  deps: DeletionDeps,
  marked: Job,
  { by, budgetEndsAt }: DeletionRun,
): Promise<'deleted' | 'open'> {
  let job: Job | undefined = marked;
  for (let tried = 0; tried < maxTries && job !== undefined; tried += 1) {
    if (!isDeletable(job)) return 'open';
    const tombstone = tombstoneOf(job, { by, now: deps.clock.now() });
    if ((await deps.jobs.replaceWithTombstone(tombstone, job.version, job)) === 'replaced') {
      await removeLinks(deps, job, budgetEndsAt);
      return 'deleted';
    }
    job = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
  }
  return job === undefined ? 'deleted' : 'open';
}

async function removeLinks({ links, clock }: DeletionDeps, job: Job, budgetEndsAt: number): Promise<void> {
  const { tenant, id, parentId, dependsOn = [], hasChildren, hasDependents } = job;
  if (parentId !== undefined) await links.remove({ tenant, kind: 'child', anchorId: parentId, jobId: id });
  for (const anchorId of dependsOn) await links.remove({ tenant, kind: 'dependent', anchorId, jobId: id });
  const kinds = [
    ...(hasChildren === true ? (['child'] as const) : []),
    ...(hasDependents === true ? (['dependent'] as const) : []),
  ];
  for (const kind of kinds) {
    for await (const page of linkPages(links, { tenant, kind, anchorId: id })) {
      if (clock.now() >= budgetEndsAt) return;
      await inParallel(page, parallel, (link) => links.remove(link));
    }
  }
}
