/** The state of a job when a call starts to wait for it; times are milliseconds since 1970. */
export interface PollStart {
  readonly startedAt: number;
  /** When the job was requested. */
  readonly requestedAt: number;
  /** When a job of its service has usually ended; undefined if that is not known. */
  readonly usualEndAt: number | undefined;
}

/** Returns the milliseconds to wait until the next read of the job; its state advances with each call. */
export type NextPause = (now: number) => number;

/** No job ends sooner on AWS, where starting it takes longer. */
const firstCoarseMs = 20;
const coarseGrowth = 2.5;
const coarseShare = 0.75;
const shortestMs = 5;
const growth = 1.6;

/**
 * The pauses between two reads of the job. Each read costs capacity of the tenant's partition, so reads are
 * rare during three quarters of the usual duration, frequent around the usual end, and then rarer again. If
 * the duration is not known, they are frequent at first, but rarer for older jobs. An end is found at most a
 * second late; for jobs older than 20 s at most a twentieth of their age late, and never more than two
 * seconds.
 */
export function pollIntervals({ startedAt, requestedAt, usualEndAt = startedAt }: PollStart): NextPause {
  const leftMs = Math.max(0, usualEndAt - startedAt);
  const coarseUntil = startedAt + leftMs * coarseShare;
  // A job that has run for long hardly ends in the next moment, so a repeated call need not start with short
  // pauses.
  const shareOfAge = (startedAt - requestedAt) / 100;
  let coarse = Math.max(firstCoarseMs, shareOfAge);
  let fine = Math.max(shortestMs, leftMs / 10, shareOfAge);
  return (now) => {
    const longest = Math.min(2000, Math.max(1000, (now - requestedAt) / 20));
    if (now < coarseUntil) {
      const pause = Math.min(coarse, longest, coarseUntil - now);
      coarse *= coarseGrowth;
      return pause;
    }
    const pause = Math.min(fine, longest);
    fine *= growth;
    return pause;
  };
}
