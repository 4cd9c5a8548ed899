import { isTerminal } from '../../contract/job-state.ts';
import { createdAtOf, uploadLifetimeMs } from '../../data/insert-data.ts';
import { contentKey, type DataObject } from '../../data/model/data-object.ts';
import { expiredCheckMs, hasExpired, scheduledCheckOf } from '../../data/next-check.ts';
import { nextVersion, updateData } from '../../data/update-data.ts';
import type { DataKey, DataStore } from '../../ports/data/data-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type DeleteDataDeps, deleteUnlessUsed } from '../deletion/delete-data.ts';

export interface ReconcileDataDeps extends DeleteDataDeps {
  readonly data: Pick<
    DataStore,
    'get' | 'replace' | 'replaceWithTombstone' | 'tombstone' | 'listDue' | 'settleTombstone'
  >;
  readonly jobs: DeleteDataDeps['jobs'] & Pick<JobStore, 'get'>;
  readonly log: Log;
}

/** Recorded as the author of the deletion. */
const by = 'expiry';

/** Maximum number of objects of one pass. */
const maxChecked = 1000;

const parallel = 10;

/**
 * Checks the data objects that are due: deletes those that have expired and that no job uses, continues interrupted deletions, ends
 * uploads that were not completed in time, and removes content that arrived after the deletion of its object. An object that a job
 * uses, or whose job has not ended, is checked again after a day. One object never delays the others. Returns the number of checked objects.
 */
export async function reconcileData(
  deps: ReconcileDataDeps,
  { budgetEndsAt }: { readonly budgetEndsAt: number },
): Promise<number> {
  const due = await deps.data.listDue(deps.clock.now(), maxChecked);
  const checked = await inParallel(due, parallel, async (key) => {
    if (deps.clock.now() >= budgetEndsAt) return false;
    try {
      await reconcileOne(deps, key);
      return true;
    } catch (error) {
      deps.log.warn('data-check-failed', { dataId: key.dataId, error: asError(error) });
      return false;
    }
  });
  return checked.filter(Boolean).length;
}

async function reconcileOne(deps: ReconcileDataDeps, key: DataKey): Promise<void> {
  const data = await deps.data.get(key);
  const now = deps.clock.now();
  if (data === undefined) return removeLateContent(deps, key, now);
  if (data.nextCheckAt === undefined || data.nextCheckAt > now) return;
  if (data.deletion !== undefined) {
    await deleteUnlessUsed(deps, { key, by: data.deletion.by, isContinued: true });
    return;
  }
  if (hasExpired(data, now)) {
    const isKept =
      (await isBeingWritten(deps, data)) ||
      (await deleteUnlessUsed(deps, { key, by, onExpiry: true })) !== 'deleted';
    if (isKept) await postpone(deps, key);
    return;
  }
  await (data.status === 'uploading' ? endUpload(deps, data, now) : postpone(deps, key));
}

/** Whether the job that writes the object as an output has not ended: without a required output, it would fail. */
async function isBeingWritten({ jobs }: ReconcileDataDeps, { tenant, origin }: DataObject): Promise<boolean> {
  if (origin.kind !== 'job') return false;
  const job = await jobs.get({ tenant, jobId: origin.jobId });
  return job !== undefined && !isTerminal(job.status);
}

/** After this time, no URL stores content any more, and the parts of a discarded upload cannot be completed. */
async function removeLateContent(
  { data, contents }: ReconcileDataDeps,
  key: DataKey,
  now: number,
): Promise<void> {
  const tombstone = await data.tombstone(key);
  if (tombstone?.removeAfter === undefined || tombstone.removeAfter > now) return;
  await contents.remove(contentKey({ tenant: key.tenant, id: key.dataId }));
  await data.settleTombstone(key);
}

/** Ends an upload that was not completed in time; before that time, only checks it again then. */
async function endUpload(deps: ReconcileDataDeps, data: DataObject, now: number): Promise<void> {
  const key = { tenant: data.tenant, dataId: data.id };
  const endsAt = createdAtOf(data) + uploadLifetimeMs;
  if (now < endsAt) return postpone(deps, key);
  const ended = await updateData(deps.data, key, (current) => {
    if (current?.status !== 'uploading' || current.deletion !== undefined) return { result: undefined };
    const failed = { ...omit(current, ['upload', 'nextCheckAt']), status: 'failed' as const };
    const nextCheckAt = scheduledCheckOf(failed);
    return { next: nextVersion(failed, now, omitUndefined({ nextCheckAt })), result: current };
  });
  if (ended === undefined) return;
  // Content that was uploaded with one PUT and never completed.
  if (ended.upload?.kind === 'parts') await deps.contents.abortParts(contentKey(data), ended.upload.uploadId);
  await deps.contents.remove(contentKey(data));
}

/** Checks an object again when there is something to do, or after a day if it has expired, as it is stored now. */
async function postpone(deps: Pick<ReconcileDataDeps, 'data' | 'clock'>, key: DataKey): Promise<void> {
  await updateData(deps.data, key, (current) => {
    if (current === undefined || current.deletion !== undefined) return { result: undefined };
    const now = deps.clock.now();
    const nextCheckAt = hasExpired(current, now) ? now + expiredCheckMs : scheduledCheckOf(current);
    if (nextCheckAt === current.nextCheckAt) return { result: undefined };
    const rest = omit(current, ['nextCheckAt']);
    return { next: nextVersion(rest, current.updatedAt, omitUndefined({ nextCheckAt })), result: undefined };
  });
}
