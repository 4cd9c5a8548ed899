/** What a hold knows of its job when it begins; times are milliseconds since 1970. */
export interface PollStart {
  readonly started: number;
  /** When the job was requested. */
  readonly requestedAt: number;
  /** When such a job has usually ended; undefined when nothing is known. */
  readonly usualEnd: number | undefined;
}

/** Says again and again how many milliseconds to wait until the next look at the job. */
export type NextPause = (now: number) => number;

/** No job ends sooner than that on AWS, where its start takes longer. */
const firstCoarseMilliseconds = 20;
const coarseGrowth = 2.5;
const coarseShare = 0.75;
const shortestMilliseconds = 5;
const growth = 1.6;

/**
 * Looks are few until three quarters of the usual time are over, frequent around the usual end, and then ever less so: each look
 * costs a read of the tenant's partition. Where nothing is known they are frequent at first, and the less so the older the job is. An end is seen a second late at
 * most, and for jobs older than that a twentieth of their age late, two seconds at most.
 */
export function pollIntervals({ started, requestedAt, usualEnd = started }: PollStart): NextPause {
  const left = Math.max(0, usualEnd - started);
  const coarseUntil = started + left * coarseShare;
  // What has run for long does not end in the next moment: a call that comes again need not begin anew.
  const shareOfAge = (started - requestedAt) / 100;
  let coarse = Math.max(firstCoarseMilliseconds, shareOfAge);
  let fine = Math.max(shortestMilliseconds, left / 10, shareOfAge);
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
