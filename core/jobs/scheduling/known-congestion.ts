import type { CapacityQueues } from '../../ports/capacity-queues.ts';
import type { Clock } from '../../ports/clock.ts';

/** The congested targets that this process knows. */
export interface KnownCongestion {
  has(target: string): Promise<boolean>;
  /** Whether any target is congested. */
  any(): Promise<boolean>;
  /** Adds a target that this process has just found to be congested. */
  add(target: string): void;
}

/** How long an empty result is reused: at a steady rate of jobs its reads cost next to nothing. */
const uncongestedCacheMs = 5000;
const congestedCacheMs = 1000;

/** Caches the congested targets: for 5 s if there are none, for 1 s otherwise. */
export function knownCongestion(queues: CapacityQueues, clock: Clock): KnownCongestion {
  let known: ReadonlySet<string> = new Set();
  let readAgainAt = Number.NEGATIVE_INFINITY;
  // A read may miss what was written within the last second.
  const added = new Map<string, number>();
  const current = async () => {
    if (clock.now() < readAgainAt) return known;
    const recent = [...added]
      .filter(([, at]) => clock.now() - at < congestedCacheMs)
      .map(([target]) => target);
    added.clear();
    known = new Set([...recent, ...(await queues.congestedTargets(clock.now()))]);
    readAgainAt = clock.now() + (known.size === 0 ? uncongestedCacheMs : congestedCacheMs);
    return known;
  };
  return {
    has: async (target) => (await current()).has(target),
    any: async () => (await current()).size > 0,
    add(target) {
      known = new Set([...known, target]);
      added.set(target, clock.now());
      // Never later than before: frequent additions must not delay the next read, which finds the end of a
      // congestion.
      readAgainAt = Math.min(readAgainAt, clock.now() + congestedCacheMs);
    },
  };
}
