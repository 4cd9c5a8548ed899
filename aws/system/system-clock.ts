import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.ts';

/** Longer waits would end at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const maxSleepMilliseconds = 2 ** 31 - 1;

/** The machine's clock. `sleep` throws a `RangeError` above 24 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds) {
    if (milliseconds > maxSleepMilliseconds) {
      throw new RangeError(`A wait of ${milliseconds} ms is too long: at most ${maxSleepMilliseconds} ms`);
    }
    await sleep(milliseconds);
  },
};
