import type { LongPollLimits } from '../../ports/long-polls.ts';

/** Numbers of unexpired leases, including the requested one. */
export interface LongPollCounts {
  /** Leases of the requesting tenant. */
  readonly own: number;
  readonly total: number;
}

/**
 * Returns whether a long poll may start: within both limits, and only while its tenant has fewer long polls
 * than there are free slots. So one tenant alone gets half of the total, n tenants get an (n + 1)th each, and
 * the rest stays free for the next tenant.
 */
export function fitsFairShare({ own, total }: LongPollCounts, limits: LongPollLimits): boolean {
  const ownBefore = own - 1;
  const freeBefore = limits.total - (total - 1);
  return own <= limits.tenant && ownBefore < freeBefore;
}
