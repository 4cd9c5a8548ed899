import type { ActiveLease } from '../jobs/waiting/leases.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * On AWS, a function is not notified when its client disconnects. It continues to run and to count as a long
 * poll until this time has passed. A client that is still connected reconnects and continues after its last
 * event. https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export const maxStreamMs = 60_000;
/**
 * A stream without events sends a keep-alive after this time. It reads once a second, and a read takes time, so
 * a client receives something at least every 10 s.
 */
export const keepAliveMs = 8000;
/** A transition is often followed by the next one soon. */
export const firstPauseMs = 50;
export const pauseGrowth = 1.6;
export const longestPauseMs = 1000;

const leaseRetrySeconds = 5;
/** Sent to the client, because a browser waits about 3 s by default. */
const reconnectSeconds = 1;

/** What ends a stream early. */
export interface StreamLimits {
  /** Epoch milliseconds. */
  readonly budgetEndsAt: number;
  /** Undefined if the stream must close after at most a few pages of the events that exist already. */
  readonly lease: ActiveLease | undefined;
}

/** Undefined while the stream may continue; otherwise the seconds after which the client should reconnect. */
export async function secondsUntilReconnect(
  { clock }: { readonly clock: Clock },
  { budgetEndsAt, lease }: StreamLimits,
): Promise<number | undefined> {
  if (lease === undefined) return leaseRetrySeconds;
  const now = clock.now();
  if (now >= budgetEndsAt) return reconnectSeconds;
  return now < lease.renewAt || (await lease.renew()) ? undefined : leaseRetrySeconds;
}
