import type { JobKey } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { removeAllUseLinks } from '../inputs/use-links.ts';
import type { Job } from '../model/job.ts';
import { tombstoneOf } from '../model/tombstone.ts';
import { writtenData } from '../outputs/current-outputs.ts';
import { distinctIds } from '../records/job-inputs.ts';
import { objectPrefix } from '../records/stored-json.ts';
import { linkPages } from '../relations/link-pages.ts';
import { acceptDeletion, acceptWithParent, type DeletionOrder } from './accept-deletion.ts';
import { deleteOrKeep } from './delete-data.ts';
import {
  type Blocked,
  type DeletionDeps,
  type DeletionScope,
  isDeletable,
  linkedJobs,
  scopeOf,
} from './deletion.ts';
import { isWithoutSurvivor } from './input-data.ts';
import { type KeptInputs, keepInputIds } from './keep-input-ids.ts';
import { keepForUsers } from './keep-output.ts';
import { isReused } from './reusers-of.ts';

export interface DeleteTreeOrder extends DeletionOrder {
  /** When to leave the rest to the reconciler, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

/** `open`: the deletion is accepted, and the reconciler continues it. */
export type Deletion = 'deleted' | 'open' | Blocked;

type DeletionRun = Pick<DeleteTreeOrder, 'by' | 'budgetEndsAt'>;

/** The part of a run whose jobs inherit the scope of the root. */
interface ScopedRun extends DeletionRun {
  readonly scope: DeletionScope;
}

const maxTries = 10;
const parallel = 10;

/**
 * Deletes a job after its descendants, with its parameters and result, and with the data objects of its scope, once the deletion is
 * accepted. From then on nothing blocks it: a sub-job that has started to run meanwhile is waited for, a job that waits for a
 * deleted one fails, and a data object that another job has started to use is kept. While such a job is being created, the deletion
 * stays open, because its process may die before. A sub-job whose result another job has stays until that job is deleted.
 */
export async function deleteTree(deps: DeletionDeps, key: JobKey, order: DeleteTreeOrder): Promise<Deletion> {
  const accepted = await acceptDeletion(deps, key, order);
  if (accepted === 'deleted') return 'deleted';
  return 'blocked' in accepted ? accepted : deleteAccepted(deps, accepted, order);
}

async function deleteAccepted(deps: DeletionDeps, job: Job, run: DeletionRun): Promise<'deleted' | 'open'> {
  const order = { ...run, scope: scopeOf(job) };
  if ((await deleteChildren(deps, job, order)) === 'open') return 'open';
  if (await isReused(deps, job)) return 'open';
  const kept = await keepInputIds(deps, job);
  const inputIds = distinctIds(kept.inputIds);
  if ((await deleteOutputs(deps, job, order)) === 'open') return 'open';
  if ((await deleteInputs(deps, job, { ...order, inputIds })) === 'open') return 'open';
  await deps.objects.removeAll(objectPrefix({ tenant: job.tenant, jobId: job.id }));
  const deletion = await replaceWithTombstone(deps, kept, order);
  if (deletion === 'deleted') await removeAllUseLinks(deps, job, inputIds);
  return deletion;
}

/** Deletes what the job wrote. An object that another job has started to use since the plan is kept for that job. */
async function deleteOutputs(
  deps: DeletionDeps,
  job: Job,
  { by, budgetEndsAt, scope }: ScopedRun,
): Promise<'deleted' | 'open'> {
  if (scope.withOutputs !== true) return 'deleted';
  let open = false;
  for await (const written of writtenData(deps, job)) {
    for (const { tenant, id: dataId } of written) {
      if (deps.clock.now() >= budgetEndsAt) return 'open';
      const kept = await deleteOrKeep(deps, { key: { tenant, dataId }, by });
      if (kept === 'kept') await keepForUsers(deps, { tenant, dataId });
      if (kept === 'open') open = true;
    }
  }
  return open ? 'open' : 'deleted';
}

/** Deletes the inputs that go with the job; objects that another job uses or wrote are kept. */
async function deleteInputs(
  deps: DeletionDeps,
  { tenant }: Job,
  { by, budgetEndsAt, scope, inputIds }: ScopedRun & { readonly inputIds: readonly string[] },
): Promise<'deleted' | 'open'> {
  let open = false;
  for (const dataId of inputIds) {
    if (deps.clock.now() >= budgetEndsAt) return 'open';
    const data = await deps.data.get({ tenant, dataId });
    if (data === undefined || !(await isWithoutSurvivor(deps, data, { scope }))) continue;
    if ((await deleteOrKeep(deps, { key: { tenant, dataId }, by })) === 'open') open = true;
  }
  return open ? 'open' : 'deleted';
}

async function deleteChildren(
  deps: DeletionDeps,
  parent: Job,
  order: ScopedRun,
): Promise<'deleted' | 'open'> {
  let open = false;
  for await (const { jobs, creatingIds } of linkedJobs(deps, parent, 'child')) {
    if (creatingIds.length > 0) open = true;
    // A job that reuses the result of a sibling is younger, and it has to be deleted first.
    for (const child of jobs.toReversed()) {
      if (deps.clock.now() >= order.budgetEndsAt) return 'open';
      if ((await deleteChild(deps, child, order)) === 'open') open = true;
    }
  }
  return open ? 'open' : 'deleted';
}

async function deleteChild(
  deps: DeletionDeps,
  { tenant, id: jobId }: Job,
  order: ScopedRun,
): Promise<'deleted' | 'open'> {
  const accepted = await acceptWithParent(deps, { tenant, jobId }, order);
  if (accepted === 'deleted') return 'deleted';
  return accepted === undefined ? 'open' : deleteAccepted(deps, accepted, order);
}

/** Links are deleted last, because an existing job has all of its links; links that stay lead to no job. */
async function replaceWithTombstone(
  deps: DeletionDeps,
  { job: marked, inputIds }: KeptInputs,
  { by, budgetEndsAt }: DeletionRun,
): Promise<'deleted' | 'open'> {
  let job: Job | undefined = marked;
  for (let tried = 0; tried < maxTries && job !== undefined; tried += 1) {
    if (!isDeletable(job)) return 'open';
    const tombstone = tombstoneOf(job, { by, now: deps.clock.now(), inputIds });
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
