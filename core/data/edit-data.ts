import type { DataEdit } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { omit } from '../std/omit.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { type DataPrecondition, missingData, requireDataPrecondition } from './data-problems.ts';
import { createdAtOf, expiryOf, uploadLifetimeMs } from './insert-data.ts';
import type { DataObject } from './model/data-object.ts';
import { nextVersion, updateData } from './update-data.ts';

export interface EditDataInput {
  readonly key: DataKey;
  readonly edit: DataEdit;
  readonly meetsPrecondition: DataPrecondition;
}

/**
 * Changes the name, the tags or the expiry of a data object. Jobs that use the object keep the name that it had when they were
 * created. Throws `not-found`, `data-deleted`, `precondition-failed`, and `invalid-request` for an `expiresAt` in the past.
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
    requireDataPrecondition(meetsPrecondition, current);
    const now = deps.clock.now();
    const { name, tags, expiresAt: expiry } = edit;
    const renamed = nextVersion(current, now, omitUndefined({ name, tags }));
    const next = expiry === undefined ? renamed : withExpiry(renamed, expiryOf(expiry ?? undefined, now));
    return { next, result: next };
  });
}

function withExpiry(data: DataObject, expiresAt: number | undefined): DataObject {
  const rest = omit(data, ['expiresAt', 'nextCheckAt']);
  // A deletion in progress is continued first; it ends the object anyway.
  const checks = [
    data.deletion === undefined ? undefined : data.nextCheckAt,
    data.status === 'available' ? undefined : createdAtOf(data) + uploadLifetimeMs,
    expiresAt,
  ].filter((time) => time !== undefined);
  return {
    ...rest,
    ...omitUndefined({ expiresAt }),
    ...(checks.length === 0 ? {} : { nextCheckAt: Math.min(...checks) }),
  };
}
