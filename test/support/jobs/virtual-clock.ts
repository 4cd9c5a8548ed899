import type { Clock } from '../../../core/ports/clock.ts';
import { someTime } from './jobs.ts';

/** A clock on which sleeping takes no real time: each sleep advances it immediately and is recorded. */
export function virtualClock(start = someTime): Clock & { readonly sleeps: readonly number[] } {
  const sleeps: number[] = [];
  let now = start;
  return {
    now: () => now,
    async sleep(milliseconds) {
      sleeps.push(milliseconds);
      now += milliseconds;
    },
    sleeps,
  };
}
