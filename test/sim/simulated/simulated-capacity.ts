import type { Scheduler } from '../scheduler.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** The error of Lambda for a call without free concurrency. */
export const throttled = {
  kind: 'error',
  error: {
    Error: 'Lambda.TooManyRequestsException',
    Cause: 'Rate Exceeded. (Service: Lambda, Status Code: 429)',
  },
} as const;

export interface SimulatedCapacity {
  /** Runs a function, unless the call is refused for lack of capacity, in which case no code runs. */
  run<Result>(functionName: string, call: () => Promise<Result>): Promise<Result | typeof throttled>;
}

/**
 * Concurrency as Lambda grants it: in half of the worlds each function runs one to three times at once, and in a third of them
 * the account occasionally has none left, until the faults stop.
 */
export function simulatedCapacity({
  scheduler,
  random,
  faultsAreOver,
}: {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faultsAreOver: () => boolean;
}): SimulatedCapacity {
  const limit = random.happens(0.5) ? random.whole(1, 3) : Number.POSITIVE_INFINITY;
  const [isShared, phase] = [random.happens(0.3), random.whole(0, 120_000)];
  const running = new Map<string, number>();
  const isExhausted = () => isShared && !faultsAreOver() && (scheduler.now() + phase) % 300_000 < 120_000;
  return {
    async run(functionName, call) {
      const before = running.get(functionName) ?? 0;
      if (before >= limit || isExhausted()) return throttled;
      running.set(functionName, before + 1);
      try {
        return await call();
      } finally {
        running.set(functionName, (running.get(functionName) ?? 1) - 1);
      }
    },
  };
}
