import type { LongPollLimits } from '../../ports/long-polls.ts';

/** Held calls that have not expired, the one in question included. */
export interface LongPollCounts {
  /** Of the tenant in question. */
  readonly own: number;
  readonly total: number;
}

/**
 * Whether a call may be held: within both limits, and only while its tenant holds fewer calls than are free. So one tenant alone
 * gets half of the whole, n tenants get an (n + 1)th each, and the rest stays free for the next tenant that comes.
 */
export function mayWait({ own, total }: LongPollCounts, limits: LongPollLimits): boolean {
  const [ownBefore, freeBefore] = [own - 1, limits.whole - (total - 1)];
  return own <= limits.tenant && ownBefore < freeBefore;
}
