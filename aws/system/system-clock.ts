import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.ts';

/**
 * Longer timers would fire immediately (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args).
 */
const maxSleepMs = 2 ** 31 - 1;

/** The machine's clock. `sleep` throws a `RangeError` above 24 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs) {
    if (durationMs > maxSleepMs) {
      throw new RangeError(`A sleep of ${durationMs} ms is too long; the maximum is ${maxSleepMs} ms`);
    }
    await sleep(durationMs);
  },
};
