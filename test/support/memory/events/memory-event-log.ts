import type { EventLog, LogEntry } from '../../../../core/ports/events/event-log.ts';

/** The in-memory event log; it keeps expired entries until `removeExpired`. */
export function memoryEventLog(): EventLog & {
  readonly entriesOf: (tenant: string) => readonly LogEntry[];
  /** Removes what has expired by `now` (epoch milliseconds), as a store does some time later. */
  removeExpired(now: number): void;
} {
  const logs = new Map<string, Map<number, LogEntry>>();
  const firstNumbers = new Map<string, number>();
  const entriesOf = (tenant: string) =>
    [...(logs.get(tenant)?.values() ?? [])].sort((left, right) => left.number - right.number);
  return {
    entriesOf,
    removeExpired(now) {
      for (const log of logs.values())
        for (const { number, expiresAtEpochSeconds } of log.values())
          if (expiresAtEpochSeconds * 1000 <= now) log.delete(number);
    },
    async append(entry) {
      const log = logs.get(entry.tenant) ?? new Map<number, LogEntry>();
      logs.set(entry.tenant, log);
      if (log.has(entry.number)) return 'taken';
      log.set(entry.number, structuredClone(entry));
      return 'appended';
    },
    async firstNumber({ tenant, now, notBefore }) {
      const known = firstNumbers.get(tenant);
      const number = known === undefined || known < notBefore ? now : known;
      firstNumbers.set(tenant, number);
      return number;
    },
    read: async ({ tenant, from, limit }) =>
      structuredClone(
        entriesOf(tenant)
          .filter(({ number }) => number >= from)
          .slice(0, limit),
      ),
    newest: async (tenant, limit) => structuredClone(entriesOf(tenant).slice(-limit)),
  };
}
