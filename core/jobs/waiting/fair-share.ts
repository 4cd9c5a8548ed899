import type { LongPollLimits } from '../../ports/long-polls.ts';

/** Numbers of unexpired leases, including the one in question. */
export interface LongPollCounts {
  /** Leases of the tenant in question. */
  readonly own: number;
  readonly total: number;
}

/**
 * Returns whether a call may wait: within both limits, and only while its tenant has fewer waiting calls than
 * are free. So one tenant alone gets half of the total, n tenants get an (n + 1)th each, and the rest stays
 * free for the next tenant.
 */
export function mayWait({ own, total }: LongPollCounts, limits: LongPollLimits): boolean {
  const [ownBefore, freeBefore] = [own - 1, limits.total - (total - 1)];
  return own <= limits.tenant && ownBefore < freeBefore;
}
