/**
 * Time that the checks of one request may still take together, in milliseconds. Each check takes what it used from it, so a
 * request with a hundred values takes no more than one with a single value.
 */
export interface CheckTime {
  millisecondsLeft: number;
  /** When the last check that took from it ended, by `performance.now()`. */
  lastEndedAt: number;
}

/** Leaves room in the shortest time-out of a function that checks values, 29 s (infra/functions/job-functions.ts). */
export const maxCheckMilliseconds = 12_000;

export function newCheckTime(): CheckTime {
  return { millisecondsLeft: maxCheckMilliseconds, lastEndedAt: Number.NEGATIVE_INFINITY };
}
