const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * The time before each attempt, counted from the end of the previous one: the schedule that Standard Webhooks recommends
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability),
 * continued to ten attempts over about three days.
 */
export const attemptDelaysMs: readonly number[] = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

/** The largest part of a delay that is added to it at random, so that the retries of an outage do not arrive together. */
const maxJitter = 0.2;

/** The longest wait that a receiver can request with `Retry-After`. */
const maxRetryAfterMs = 24 * hourMs;

/** What the delay before an attempt depends on. */
export interface RetryInput {
  /** The number of attempts that were made. */
  readonly tries: number;
  /** The wait that the receiver requested, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
  /** Factor on the delays of the schedule; 1 except in tests. */
  readonly scale: number;
}

/** Returns the delay before the next attempt in whole milliseconds; undefined if there is none. */
export function nextDelayMs({ tries, retryAfterMs = 0, random, scale }: RetryInput): number | undefined {
  const delayMs = attemptDelaysMs[tries];
  if (delayMs === undefined) return undefined;
  const scheduledMs = Math.round(delayMs * (1 + random * maxJitter) * scale);
  return Math.max(scheduledMs, Math.min(retryAfterMs, maxRetryAfterMs));
}
