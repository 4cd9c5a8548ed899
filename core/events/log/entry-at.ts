import type { EventLog } from '../../ports/events/event-log.ts';

/**
 * The number from which on all entries of a tenant's log have this time (epoch milliseconds) or a later one; undefined if there is no
 * such entry. The times of entries never decrease, so this is a binary search, with about 30 reads of one entry at most.
 */
export async function entryAt(
  eventLog: Pick<EventLog, 'read' | 'newest'>,
  tenant: string,
  timeMs: number,
): Promise<number | undefined> {
  const newest = (await eventLog.newest(tenant, 1)).at(-1);
  if (newest === undefined || newest.at < timeMs) return undefined;
  const [oldest = newest] = await eventLog.read({ tenant, from: 0, limit: 1 });
  let low = oldest.number;
  let high = newest.number;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry = newest] = await eventLog.read({ tenant, from: middle, limit: 1 });
    if (entry.at >= timeMs) high = middle;
    else low = entry.number + 1; // a log that started again skips numbers
  }
  return low;
}
