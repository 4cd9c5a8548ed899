/** The state of a job when a long poll of it starts. Times are epoch milliseconds. */
export interface PollStart {
  readonly startedAt: number;
  /** When the job was requested. */
  readonly requestedAt: number;
  /** When the job ends if it takes the typical duration of its service; undefined if that is not known. */
  readonly typicalEndAt: number | undefined;
}

/** Returns the milliseconds to wait until the next read of the job; its state advances with each call. */
export type NextPause = (now: number) => number;

/** On AWS, it takes longer than this to start a job, so no job ends sooner. */
const firstRarePauseMs = 20;
const rareGrowth = 2.5;
const rareShare = 0.75;
const shortestPauseMs = 5;
const frequentGrowth = 1.6;

/**
 * The pauses between two reads of the job. Each read costs capacity of the tenant's partition. So reads are
 * rare during the first three quarters of the typical duration, frequent around the typical end, and then
 * rarer again. If the typical duration is not known, they are frequent at first, but rarer for older jobs. An
 * end is found at most one second late; for jobs older than 20 s, at most a twentieth of their age late, and at
 * most two seconds.
 */
export function pollIntervals({ startedAt, requestedAt, typicalEndAt = startedAt }: PollStart): NextPause {
  const leftMs = Math.max(0, typicalEndAt - startedAt);
  const rareUntil = startedAt + leftMs * rareShare;
  // A job that has run for long is unlikely to end in the next moment, so a repeated long poll need not start
  // with short pauses.
  const shareOfAgeMs = (startedAt - requestedAt) / 100;
  let rarePauseMs = Math.max(firstRarePauseMs, shareOfAgeMs);
  let frequentPauseMs = Math.max(shortestPauseMs, leftMs / 10, shareOfAgeMs);
  return (now) => {
    const longestPauseMs = Math.min(2000, Math.max(1000, (now - requestedAt) / 20));
    if (now < rareUntil) {
      const pauseMs = Math.min(rarePauseMs, longestPauseMs, rareUntil - now);
      rarePauseMs *= rareGrowth;
      return pauseMs;
    }
    const pauseMs = Math.min(frequentPauseMs, longestPauseMs);
    frequentPauseMs *= frequentGrowth;
    return pauseMs;
  };
}
