import type { DataEdit } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { omit } from '../std/omit.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import {
  type DataPrecondition,
  missingData,
  requireDataPrecondition,
  requireNotDeleted,
} from './data-problems.ts';
import { expiryOf } from './insert-data.ts';
import type { DataObject } from './model/data-object.ts';
import { scheduledCheckOf } from './next-check.ts';
import { nextVersion, updateData } from './update-data.ts';

export interface EditDataInput {
  readonly key: DataKey;
  readonly edit: DataEdit;
  readonly meetsPrecondition: DataPrecondition;
}

/**
 * Changes the name, the tags or the expiry of a data object. Jobs that use the object keep the name that it had when they were
 * created. An expiry that is moved or removed before the deletion of the expired object was accepted prevents it; after the acceptance,
 * every edit is refused. Throws `not-found`, `data-deleted`, `precondition-failed`, and `invalid-request` for an `expiresAt` in the past.
 */
export async function editData(
  deps: {
    readonly data: Pick<DataStore, 'get' | 'replace' | 'tombstone'>;
    readonly clock: Pick<Clock, 'now'>;
  },
  { key, edit, meetsPrecondition }: EditDataInput,
): Promise<DataObject> {
  return updateData(deps.data, key, async (current) => {
    if (current === undefined) throw await missingData(deps.data, key);
    requireNotDeleted(current);
    requireDataPrecondition(meetsPrecondition, current);
    const now = deps.clock.now();
    const { name, tags, expiresAt: expiry } = edit;
    const renamed = nextVersion(current, now, omitUndefined({ name, tags }));
    const next = expiry === undefined ? renamed : withExpiry(renamed, expiryOf(expiry ?? undefined, now));
    return { next, result: next };
  });
}

function withExpiry(data: DataObject, expiresAt: number | undefined): DataObject {
  const edited = { ...omit(data, ['expiresAt', 'nextCheckAt']), ...omitUndefined({ expiresAt }) };
  // A deletion in progress is continued first.
  const continueAt = data.deletion === undefined ? undefined : data.nextCheckAt;
  return { ...edited, ...omitUndefined({ nextCheckAt: continueAt ?? scheduledCheckOf(edited) }) };
}
