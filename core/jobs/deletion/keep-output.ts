import { expiredCheckMs, hasExpired } from '../../data/next-check.ts';
import { nextVersion, updateData } from '../../data/update-data.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataKey, DataStore } from '../../ports/data/data-store.ts';

/**
 * Lets an output expire that outlives its deleted job because other jobs use it. The deletion of its last user deletes it at once;
 * but a draft may also drop it by an edit, or be interrupted in the middle of one, and then only the daily check of expired objects
 * finds it. Does nothing if it has expired already, so a repeated call writes nothing.
 */
export function keepForUsers(
  { data, clock }: { readonly data: Pick<DataStore, 'get' | 'replace'>; readonly clock: Pick<Clock, 'now'> },
  key: DataKey,
): Promise<void> {
  return updateData(data, key, (current) => {
    const now = clock.now();
    if (current === undefined || hasExpired(current, now) || current.deletion?.accepted === true)
      return { result: undefined };
    const expired = nextVersion(current, now, { expiresAt: now });
    // A deletion that is not decided yet is continued first.
    const next = current.deletion === undefined ? { ...expired, nextCheckAt: now + expiredCheckMs } : expired;
    return { next, result: undefined };
  });
}
