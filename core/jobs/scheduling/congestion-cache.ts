import type { CapacityQueues } from '../../ports/capacity-queues.ts';
import type { Clock } from '../../ports/clock.ts';

/** The congested targets, as this process last read them. */
export interface CongestionCache {
  isCongested(target: string): Promise<boolean>;
  isAnyCongested(): Promise<boolean>;
  /** Adds a target that this process has just found to be congested. */
  markCongested(target: string): void;
}

/** How long an empty result is reused: with a constant rate of jobs its reads cost almost nothing. */
const uncongestedCacheMs = 5000;
const congestedCacheMs = 1000;

/** Caches the congested targets: for 5 s if there are none, for 1 s otherwise. */
export function congestionCache(queues: CapacityQueues, clock: Clock): CongestionCache {
  let cached: ReadonlySet<string> = new Set();
  let readAgainAt = Number.NEGATIVE_INFINITY;
  // A read may miss what was written within the last second.
  const added = new Map<string, number>();
  const read = async () => {
    if (clock.now() < readAgainAt) return cached;
    const recent = [...added]
      .filter(([, at]) => clock.now() - at < congestedCacheMs)
      .map(([target]) => target);
    added.clear();
    cached = new Set([...recent, ...(await queues.congestedTargets(clock.now()))]);
    readAgainAt = clock.now() + (cached.size === 0 ? uncongestedCacheMs : congestedCacheMs);
    return cached;
  };
  return {
    isCongested: async (target) => (await read()).has(target),
    isAnyCongested: async () => (await read()).size > 0,
    markCongested(target) {
      cached = new Set([...cached, target]);
      added.set(target, clock.now());
      // Never later than before: frequent additions must not delay the next read, which finds the end of a
      // congestion.
      readAgainAt = Math.min(readAgainAt, clock.now() + congestedCacheMs);
    },
  };
}
