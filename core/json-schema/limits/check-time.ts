/**
 * The time budget that all checks of one request share. Each check subtracts the time that it used, so a
 * request with a hundred values takes no longer than a request with one.
 */
export interface CheckTime {
  remainingMs: number;
  /** When the last check that used this budget ended, in `performance.now()` time. */
  lastEndedAt: number;
}

/**
 * Well below 29 s, the shortest timeout of a function that checks values (infra/functions/job-functions.ts).
 */
export const maxCheckMs = 12_000;

/** Creates a full time budget for one request. */
export function newCheckTime(): CheckTime {
  return { remainingMs: maxCheckMs, lastEndedAt: Number.NEGATIVE_INFINITY };
}
