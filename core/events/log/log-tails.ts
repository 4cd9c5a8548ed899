import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogEntry } from '../../ports/events/event-log.ts';
import { eventId } from './event-references.ts';

/** The end of a tenant's event log. */
export interface LogTail {
  /** The number of the last entry; undefined for an empty log. */
  readonly number: number | undefined;
  /** The time of the last entry, in epoch milliseconds; 0 for an empty log. */
  readonly at: number;
  /** The IDs of the last events, the most recent last. */
  readonly eventIds: ReadonlySet<string>;
}

/** The ends of the event logs, as this process knows them. */
export interface LogTails {
  /** The end of a log: from memory, or read from the store. */
  of(tenant: string): Promise<LogTail>;
  /** Takes an entry into account that was appended after this tail. */
  extend(tail: LogTail, entry: LogEntry): LogTail;
  /** Reads the end of a log again the next time: another process has appended to it. */
  outdate(tenant: string): void;
}

/** How many entries are read to find out which events the log contains already. */
const readEntries = 20;
/** How many events of a tenant a process remembers. */
const maxRemembered = 2000;
const maxTenants = 100;
/** The entries of a log never all expire within this time, so the log cannot have started again since. */
const maxAgeMs = 3_600_000;

interface Remembered {
  readonly tail: LogTail;
  /** When the last entry of the tail was known to exist, in epoch milliseconds; 0 if the tail is outdated. */
  readonly knownAt: number;
}

/**
 * Remembers the ends of the logs, so that appending usually takes one write and no read. The memory need not be
 * current: the store refuses a number that is taken, and then the end is read again. Events that are known to be
 * in the log stay known.
 */
export function logTails({
  eventLog,
  clock,
}: {
  readonly eventLog: EventLog;
  readonly clock: Clock;
}): LogTails {
  const memory = new Map<string, Remembered>();
  const remember = (tenant: string, remembered: Remembered) => {
    memory.delete(tenant);
    const oldest = memory.size >= maxTenants ? memory.keys().next().value : undefined;
    if (oldest !== undefined) memory.delete(oldest);
    memory.set(tenant, remembered);
    return remembered.tail;
  };
  return {
    async of(tenant) {
      const known = memory.get(tenant);
      const now = clock.now();
      if (known !== undefined && now - known.knownAt < maxAgeMs) return known.tail;
      const entries = await eventLog.newest(tenant, readEntries);
      const start: LogTail = { number: undefined, at: 0, eventIds: known?.tail.eventIds ?? new Set() };
      return remember(tenant, { tail: entries.reduce(after, start), knownAt: now });
    },
    extend: (tail, entry) => remember(entry.tenant, { tail: after(tail, entry), knownAt: clock.now() }),
    outdate(tenant) {
      const known = memory.get(tenant);
      if (known !== undefined) memory.set(tenant, { ...known, knownAt: 0 });
    },
  };
}

function after(tail: LogTail, entry: LogEntry): LogTail {
  const ids = [...tail.eventIds, ...entry.events.map(eventId)];
  return {
    number: entry.number,
    at: Math.max(tail.at, entry.at),
    eventIds: new Set(ids.slice(-maxRemembered)),
  };
}
