import { ProblemError } from '../../contract/problems/problem-error.ts';
import { type DataPrecondition, missingData, requireDataPrecondition } from '../../data/data-problems.ts';
import { tombstoneOfData } from '../../data/data-tombstone.ts';
import { contentKey, type DataObject } from '../../data/model/data-object.ts';
import { hasExpired, scheduledCheckOf } from '../../data/next-check.ts';
import { nextVersion, updateData } from '../../data/update-data.ts';
import type { ContentStore } from '../../ports/data/content-store.ts';
import type { DataKey, DataStore } from '../../ports/data/data-store.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { firstUsersOf, hasUser, type UsersDeps } from '../inputs/users-of.ts';

export interface DeleteDataDeps extends UsersDeps {
  readonly data: Pick<DataStore, 'get' | 'replace' | 'replaceWithTombstone' | 'tombstone'>;
  readonly contents: Pick<ContentStore, 'remove' | 'abortParts'>;
}

export interface DeleteDataInput {
  readonly key: DataKey;
  readonly by: string;
  readonly meetsPrecondition?: DataPrecondition;
  /** True if the reconciler continues a marked deletion: without the mark, the deletion is no longer requested. */
  readonly isContinued?: true;
  /** True for an object that has expired: if it does not expire any more, it is not deleted. */
  readonly onExpiry?: true;
}

/** `blocked`: jobs use the object, at most 1,000 of which are listed. */
export type DataDeletion = 'deleted' | { readonly blocked: readonly string[] };

/** The largest number of users that a refusal lists. */
const maxReported = 1000;

/** After this time the reconciler continues a deletion that was interrupted, in milliseconds. */
const continueAfterMs = 10_000;

const maxTries = 10;

/** The jobs that use a data object, at most 1,000; they block its deletion. */
export function usersBlocking(deps: UsersDeps, data: DataObject): Promise<readonly string[]> {
  return firstUsersOf(deps, data, maxReported);
}

/**
 * Deletes a data object with its content, unless a job uses it as input. Throws `not-found`, `data-deleted`,
 * `precondition-failed` and `data-in-use`, which lists the jobs.
 */
export async function deleteData(deps: DeleteDataDeps, input: DeleteDataInput): Promise<void> {
  const { key } = input;
  const data = await deps.data.get(key);
  if (data === undefined) throw await missingData(deps.data, key);
  requireDataPrecondition(input.meetsPrecondition, data);
  const deletion = await deleteUnlessUsed(deps, input);
  if (deletion === 'deleted') return;
  const jobIds = [...deletion.blocked];
  const count = jobIds.length === maxReported ? `At least ${maxReported}` : jobIds.length;
  const users = jobIds.length === 1 ? '1 job uses' : `${count} jobs use`;
  const detail = `${users} the data object ${data.id} as input; delete ${jobIds.length === 1 ? 'it' : 'them'} first`;
  throw new ProblemError('data-in-use', detail, { jobIds });
}

/**
 * Deletes a data object unless a job uses it. The object is marked first, so that no job starts to use it; if a job uses it already,
 * the mark is removed. From the acceptance on, the deletion is completed, by the reconciler if this call is interrupted.
 */
export async function deleteUnlessUsed(deps: DeleteDataDeps, input: DeleteDataInput): Promise<DataDeletion> {
  const { key } = input;
  const current = await deps.data.get(key);
  if (current === undefined) return 'deleted';
  if (input.isContinued === true && current.deletion === undefined) return { blocked: [] };
  if (current.deletion?.accepted !== true) {
    // Most refusals need no mark, so the object is not written.
    const blocked = await usersBlocking(deps, current);
    if (blocked.length > 0 && current.deletion === undefined) return { blocked };
    const marked = await mark(deps, input);
    if (marked === 'deleted') return 'deleted';
    if (marked.deletion === undefined) return { blocked: [] };
    const users = marked.deletion.accepted === true ? [] : await usersBlocking(deps, marked);
    const decided = await decideAcceptance(deps, key, users);
    if (decided !== 'accepted') return decided;
  }
  return removeAccepted(deps, input);
}

/**
 * Deletes a data object together with a job, or keeps it for the jobs that use it; it is deleted with the last of them. `open`: no
 * job uses it yet, but one may be about to. Until that job is stored or can no longer be stored, nobody knows whether the object
 * has to be kept, so the deletion has to come back to it.
 */
export async function deleteOrKeep(
  deps: DeleteDataDeps,
  input: DeleteDataInput,
): Promise<'deleted' | 'kept' | 'open'> {
  if ((await deleteUnlessUsed(deps, input)) === 'deleted') return 'deleted';
  const { tenant, dataId } = input.key;
  return (await hasUser(deps, { tenant, id: dataId })) ? 'kept' : 'open';
}

/** The object with the mark, or without one if the deletion is no longer wanted. */
function mark(deps: DeleteDataDeps, order: DeleteDataInput) {
  return updateData<DataObject | 'deleted'>(deps.data, order.key, (data) => {
    if (data === undefined) return { result: 'deleted' };
    const now = deps.clock.now();
    if (!mustBeMarked(data, order, now)) return { result: data };
    requireDataPrecondition(order.meetsPrecondition, data);
    const { by, onExpiry } = order;
    const deletion = { by, requestedAt: now, ...omitUndefined({ onExpiry }) };
    const next = nextVersion(data, now, { deletion, nextCheckAt: now + continueAfterMs });
    return { next, result: next };
  });
}

/** A deletion on request replaces one on expiry, so that no edit of the expiry withdraws it. */
function mustBeMarked(data: DataObject, { isContinued, onExpiry }: DeleteDataInput, now: number): boolean {
  if (isContinued === true) return false;
  const { deletion } = data;
  if (deletion === undefined) return onExpiry !== true || hasExpired(data, now);
  return deletion.onExpiry === true && deletion.accepted !== true && onExpiry !== true;
}

/** Accepts the deletion if no job uses the object and its reason still applies, or removes the mark. An acceptance by another caller stands. */
function decideAcceptance(
  deps: DeleteDataDeps,
  key: DataKey,
  users: readonly string[],
): Promise<DataDeletion | 'accepted'> {
  return updateData<DataDeletion | 'accepted'>(deps.data, key, (data) => {
    if (data === undefined) return { result: 'deleted' };
    if (data.deletion?.accepted === true) return { result: 'accepted' };
    if (data.deletion === undefined) return { result: { blocked: users } };
    const now = deps.clock.now();
    if (users.length === 0 && (data.deletion.onExpiry !== true || hasExpired(data, now))) {
      const deletion = { ...data.deletion, accepted: true as const };
      return {
        next: nextVersion(data, now, { deletion, nextCheckAt: now + continueAfterMs }),
        result: 'accepted',
      };
    }
    return { next: withoutMark(data, now), result: { blocked: users } };
  });
}

function withoutMark(data: DataObject, now: number): DataObject {
  const unmarked = omit(data, ['deletion', 'nextCheckAt']);
  return nextVersion(unmarked, now, omitUndefined({ nextCheckAt: scheduledCheckOf(unmarked) }));
}

/** Removes the content first: an object without a tombstone is found again by the reconciler. */
async function removeAccepted(deps: DeleteDataDeps, { key, by }: DeleteDataInput): Promise<'deleted'> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const data = await deps.data.get(key);
    if (data === undefined) return 'deleted';
    await removeContent(deps, data);
    const tombstone = tombstoneOfData(data, { by: data.deletion?.by ?? by, now: deps.clock.now() });
    if ((await deps.data.replaceWithTombstone(tombstone, data.version)) === 'replaced') return 'deleted';
  }
  throw new ProblemError(
    'unavailable',
    `The data object ${key.dataId} is being modified by other requests; try again`,
  );
}

async function removeContent({ contents }: DeleteDataDeps, data: DataObject): Promise<void> {
  const key = contentKey(data);
  if (data.upload?.kind === 'parts') await contents.abortParts(key, data.upload.uploadId);
  await contents.remove(key);
}
