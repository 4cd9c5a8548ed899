import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

/**
 * Mean duration of a service's recent jobs in seconds, from `pending` to success; undefined if none
 * succeeded.
 */
export type ReadTypicalSeconds = (tenant: string, serviceName: string) => Promise<number | undefined>;

/** A cache of typical job durations. */
export interface KnownDurations {
  /** The duration in seconds; reads the store if the cached value is older than a minute. Never throws. */
  fetchDuration(tenant: string, serviceName: string): Promise<number | undefined>;
  /** The cached duration; if it is older than a minute, starts a read in the background. */
  peek(tenant: string, serviceName: string): number | undefined;
}

interface Known {
  seconds: number | undefined;
  /** When to read the store again, in milliseconds since 1970. */
  staleAt: number;
  fetching?: Promise<void> | undefined;
}

const lifetimeMs = 60_000;
const maxEntries = 500;

/**
 * Caches the results of `read` for 60 seconds, for the 500 most recently requested services. If a read fails,
 * the previous value stays valid for another minute.
 */
export function knownDurations(
  read: ReadTypicalSeconds,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Log },
): KnownDurations {
  const entries = new Map<string, Known>();

  async function fetch(known: Known, tenant: string, serviceName: string): Promise<void> {
    try {
      known.seconds = await read(tenant, serviceName);
    } catch (cause) {
      const error = asError(cause);
      log.warn('durations-unavailable', { tenant, service: serviceName, error });
    }
    known.fetching = undefined;
  }

  function fresh(tenant: string, serviceName: string): Known {
    const known = entryOf(entries, `${tenant}/${serviceName}`);
    if (known.fetching === undefined && clock.now() >= known.staleAt) {
      known.staleAt = clock.now() + lifetimeMs;
      known.fetching = fetch(known, tenant, serviceName);
    }
    return known;
  }

  return {
    async fetchDuration(tenant, serviceName) {
      const known = fresh(tenant, serviceName);
      await known.fetching;
      return known.seconds;
    },
    peek: (tenant, serviceName) => fresh(tenant, serviceName).seconds,
  };
}

/** A map keeps the insertion order, so its first key is the least recently used one. */
function entryOf(entries: Map<string, Known>, key: string): Known {
  const known = entries.get(key) ?? { seconds: undefined, staleAt: Number.NEGATIVE_INFINITY };
  entries.delete(key);
  const oldest = entries.size >= maxEntries ? entries.keys().next().value : undefined;
  if (oldest !== undefined) entries.delete(oldest);
  entries.set(key, known);
  return known;
}
