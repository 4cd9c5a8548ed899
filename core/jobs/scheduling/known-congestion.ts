import type { CapacityQueues } from '../../ports/capacity-queues.ts';
import type { Clock } from '../../ports/clock.ts';

/** Whether a target is congested, as far as this process knows. */
export interface KnownCongestion {
  has(target: string): Promise<boolean>;
  /** Whether any target is. */
  any(): Promise<boolean>;
  /** Records what this process has just learned. */
  add(target: string): void;
}

/** How long the answer "none is" is used: at a steady rate of jobs the reads of it cost next to nothing. */
const freeMilliseconds = 5000;
const congestedMilliseconds = 1000;

/** Reads which targets are congested when what this process knows is too old: 5 s, and 1 s while one is. */
export function knownCongestion(queues: CapacityQueues, clock: Clock): KnownCongestion {
  let known: ReadonlySet<string> = new Set();
  let readAgainAt = Number.NEGATIVE_INFINITY;
  // A read may miss what was written within the last second.
  const added = new Map<string, number>();
  const current = async () => {
    if (clock.now() < readAgainAt) return known;
    const recent = [...added]
      .filter(([, at]) => clock.now() - at < congestedMilliseconds)
      .map(([target]) => target);
    added.clear();
    known = new Set([...recent, ...(await queues.congestedTargets(clock.now()))]);
    readAgainAt = clock.now() + (known.size === 0 ? freeMilliseconds : congestedMilliseconds);
    return known;
  };
  return {
    has: async (target) => (await current()).has(target),
    any: async () => (await current()).size > 0,
    add(target) {
      known = new Set([...known, target]);
      added.set(target, clock.now());
      // Never later than it would be: whoever adds again and again is to learn of the end all the same.
      readAgainAt = Math.min(readAgainAt, clock.now() + congestedMilliseconds);
    },
  };
}
