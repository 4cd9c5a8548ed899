import type { JobKey } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { tombstoneOf } from '../model/tombstone.ts';
import { objectPrefix } from '../records/stored-json.ts';
import { linkPages } from '../relations/link-pages.ts';
import { acceptRemoval, acceptWithParent, type RemovalOrder } from './accept-removal.ts';
import { type Blocked, isDeletable, linkedJobs, type RemovalDeps } from './removal.ts';

export interface RemoveTreeOrder extends RemovalOrder {
  /** When to leave the rest to the reconciler, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

/** `open`: the deletion is accepted, and the reconciler continues it. */
export type Removal = 'removed' | 'open' | Blocked;

type RemovalRun = Pick<RemoveTreeOrder, 'by' | 'budgetEndsAt'>;

const maxTries = 10;
const parallel = 10;

/**
 * Deletes a job after its descendants, with all of its data, once the deletion is accepted. From then on
 * nothing blocks it: a sub-job that has started to run meanwhile is waited for, and a job that waits for a
 * deleted one fails.
 */
export async function removeTree(deps: RemovalDeps, key: JobKey, order: RemoveTreeOrder): Promise<Removal> {
  const accepted = await acceptRemoval(deps, key, order);
  if (accepted === 'deleted') return 'removed';
  return 'blocked' in accepted ? accepted : removeAccepted(deps, accepted, order);
}

async function removeAccepted(deps: RemovalDeps, job: Job, order: RemovalRun): Promise<'removed' | 'open'> {
  if ((await removeChildren(deps, job, order)) === 'open') return 'open';
  await deps.objects.removeAll(objectPrefix({ tenant: job.tenant, jobId: job.id }));
  return replaceWithTombstone(deps, job, order);
}

async function removeChildren(
  deps: RemovalDeps,
  parent: Job,
  order: RemovalRun,
): Promise<'removed' | 'open'> {
  let open = false;
  for await (const { jobs, creatingIds } of linkedJobs(deps, parent, 'child')) {
    if (creatingIds.length > 0) open = true;
    for (const child of jobs) {
      if (deps.clock.now() >= order.budgetEndsAt) return 'open';
      if ((await removeChild(deps, child, order)) === 'open') open = true;
    }
  }
  return open ? 'open' : 'removed';
}

async function removeChild(
  deps: RemovalDeps,
  { tenant, id: jobId }: Job,
  order: RemovalRun,
): Promise<'removed' | 'open'> {
  const accepted = await acceptWithParent(deps, { tenant, jobId }, order.by);
  if (accepted === 'deleted') return 'removed';
  return accepted === undefined ? 'open' : removeAccepted(deps, accepted, order);
}

/** Links are deleted last, because an existing job has all of its links; links that stay lead to no job. */
async function replaceWithTombstone(
  deps: RemovalDeps,
  marked: Job,
  { by, budgetEndsAt }: RemovalRun,
): Promise<'removed' | 'open'> {
  let job: Job | undefined = marked;
  for (let tried = 0; tried < maxTries && job !== undefined; tried += 1) {
    if (!isDeletable(job)) return 'open';
    const tombstone = tombstoneOf(job, { by, now: deps.clock.now() });
    if ((await deps.jobs.replaceWithTombstone(tombstone, job.version)) === 'replaced') {
      await removeLinks(deps, job, budgetEndsAt);
      return 'removed';
    }
    job = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
  }
  return job === undefined ? 'removed' : 'open';
}

async function removeLinks({ links, clock }: RemovalDeps, job: Job, budgetEndsAt: number): Promise<void> {
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
