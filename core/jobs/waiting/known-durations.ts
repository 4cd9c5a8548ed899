import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

/** Seconds that a service's jobs took lately, from `pending` to success; undefined when none did. */
export type ReadTypicalSeconds = (tenant: string, serviceName: string) => Promise<number | undefined>;

/** What a process knows of how long jobs take. */
export interface KnownDurations {
  /** What is known, after a look at the store where that is older than a minute. Never throws. */
  fetchDuration(tenant: string, serviceName: string): Promise<number | undefined>;
  /** What is known right now; when that is older than a minute, a look begins that nobody waits for. */
  peek(tenant: string, serviceName: string): number | undefined;
}

interface Known {
  seconds: number | undefined;
  /** When the store is to be asked again. */
  staleAt: number;
  fetching?: Promise<void> | undefined;
}

const lifetimeMilliseconds = 60_000;
const maxKept = 500;

/**
 * Remembers what `read` says for 60 seconds, for the 500 services asked about last. A look that fails costs nobody
 * their answer: what was known before stays for another minute.
 */
export function knownDurations(
  read: ReadTypicalSeconds,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Log },
): KnownDurations {
  const kept = new Map<string, Known>();

  async function fetch(known: Known, tenant: string, serviceName: string): Promise<void> {
    try {
      known.seconds = await read(tenant, serviceName);
    } catch (cause) {
      const error = asError(cause);
      log.warn('durations-unread', { tenant, service: serviceName, error });
    }
    known.fetching = undefined;
  }

  function fresh(tenant: string, serviceName: string): Known {
    const known = entryOf(kept, `${tenant}/${serviceName}`);
    if (known.fetching === undefined && clock.now() >= known.staleAt) {
      known.staleAt = clock.now() + lifetimeMilliseconds;
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

/** A map keeps the order of insertion, so its first key is the one that was asked for longest ago. */
function entryOf(kept: Map<string, Known>, key: string): Known {
  const known = kept.get(key) ?? { seconds: undefined, staleAt: Number.NEGATIVE_INFINITY };
  kept.delete(key);
  const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(key, known);
  return known;
}
