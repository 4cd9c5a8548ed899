import type { EventLog } from '../../ports/events/event-log.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { entryAt } from '../log/entry-at.ts';
import { eventId, referencesOf } from '../log/event-references.ts';
import type { LogTails } from '../log/log-tails.ts';
import { changedAt, type JobChange } from '../publish-events.ts';

/** The clocks of the processes that write jobs and the log differ by less. */
const clockSkewMs = 60_000;
const entriesPerRead = 200;
/** The publisher appends an event soon after its change, or not at all: after it was given up for six hours, at the latest. */
const maxEntries = 2000;
const maxDelayMs = 7 * 3_600_000;
const parallelTenants = 10;

/**
 * The ends of the event logs, extended by the events of these changes that the logs already contain: the publisher may have appended
 * them before it gave up. They are searched in 2,000 entries from the time of the earliest change on; an event that is not found there
 * may be appended twice.
 */
export async function tailsWithLogged(
  { eventLog, tails }: { readonly eventLog: Pick<EventLog, 'read' | 'newest'>; readonly tails: LogTails },
  changes: readonly JobChange[],
): Promise<LogTails> {
  const byTenant = Map.groupBy(changes, ({ after, tombstone }) => (after ?? tombstone?.job)?.tenant);
  const found = new Map<string, ReadonlySet<string>>();
  await inParallel([...byTenant], parallelTenants, async ([tenant, ofTenant]) => {
    if (tenant !== undefined) found.set(tenant, await loggedEvents(eventLog, tenant, ofTenant));
  });
  return {
    ...tails,
    async of(tenant) {
      const tail = await tails.of(tenant);
      return { ...tail, eventIds: new Set([...(found.get(tenant) ?? []), ...tail.eventIds]) };
    },
  };
}

async function loggedEvents(
  eventLog: Pick<EventLog, 'read' | 'newest'>,
  tenant: string,
  changes: readonly JobChange[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set(changes.flatMap(referencesOf).map(eventId));
  const found = new Set<string>();
  const earliest = Math.min(...changes.map(changedAt)) - clockSkewMs;
  const latest = Math.max(...changes.map(changedAt)) + maxDelayMs;
  let from = wanted.size === 0 ? undefined : await entryAt(eventLog, tenant, earliest);
  for (let read = 0; from !== undefined && read < maxEntries; read += entriesPerRead) {
    const entries = await eventLog.read({ tenant, from, limit: entriesPerRead });
    for (const id of entries.flatMap(({ events }) => events.map(eventId))) if (wanted.has(id)) found.add(id);
    const last = entries.at(-1);
    const isPast = last === undefined || last.at > latest || entries.length < entriesPerRead;
    if (found.size === wanted.size || isPast) break;
    from = last.number + 1;
  }
  return found;
}
