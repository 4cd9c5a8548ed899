import type { Clock } from '../../../core/ports/clock.ts';
import { someTime } from './jobs.ts';

/** A clock on which sleeping takes no time at all: each sleep moves it on at once and is noted. */
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
