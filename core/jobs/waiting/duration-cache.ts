import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

/**
 * Typical duration of a service's jobs in seconds: the mean of recent ones, from `pending` to success;
 * undefined if none succeeded.
 */
export type ReadTypicalSeconds = (tenant: string, serviceName: string) => Promise<number | undefined>;

/** A cache of typical job durations. */
export interface DurationCache {
  /** The duration in seconds; reads the store if the cached value is older than a minute. Never throws. */
  fetchDuration(tenant: string, serviceName: string): Promise<number | undefined>;
  /** The cached duration; if it is older than a minute, starts a read in the background. */
  cachedOrPrefetch(tenant: string, serviceName: string): number | undefined;
}

interface CacheEntry {
  seconds: number | undefined;
  /** When to read the store again, in epoch milliseconds. */
  staleAt: number;
  fetching?: Promise<void> | undefined;
}

const lifetimeMs = 60_000;
const maxEntries = 500;

/**
 * Caches the results of `read` for 60 seconds, for the 500 most recently requested services. If a read fails,
 * the previous value stays valid for another minute.
 */
export function durationCache(
  read: ReadTypicalSeconds,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Log },
): DurationCache {
  const entries = new Map<string, CacheEntry>();

  async function fetch(entry: CacheEntry, tenant: string, serviceName: string): Promise<void> {
    try {
      entry.seconds = await read(tenant, serviceName);
    } catch (cause) {
      const error = asError(cause);
      log.warn('durations-unavailable', { tenant, service: serviceName, error });
    }
    entry.fetching = undefined;
  }

  function refreshedEntry(tenant: string, serviceName: string): CacheEntry {
    const entry = entryOf(entries, `${tenant}/${serviceName}`);
    if (entry.fetching === undefined && clock.now() >= entry.staleAt) {
      entry.staleAt = clock.now() + lifetimeMs;
      entry.fetching = fetch(entry, tenant, serviceName);
    }
    return entry;
  }

  return {
    async fetchDuration(tenant, serviceName) {
      const entry = refreshedEntry(tenant, serviceName);
      await entry.fetching;
      return entry.seconds;
    },
    cachedOrPrefetch: (tenant, serviceName) => refreshedEntry(tenant, serviceName).seconds,
  };
}

/** A map keeps the insertion order, so its first key is the least recently used key. */
function entryOf(entries: Map<string, CacheEntry>, key: string): CacheEntry {
  const entry = entries.get(key) ?? { seconds: undefined, staleAt: Number.NEGATIVE_INFINITY };
  entries.delete(key);
  const oldest = entries.size >= maxEntries ? entries.keys().next().value : undefined;
  if (oldest !== undefined) entries.delete(oldest);
  entries.set(key, entry);
  return entry;
}
