/** The waits before the attempts as docs/guides/webhooks.md publishes them, in milliseconds. */
export const publishedDelaysMs = [
  0,
  5_000,
  5 * 60_000,
  30 * 60_000,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 3_600_000),
];

/** The longest wait that a receiver can request. */
export const longestRetryAfterMs = 86_400_000;

/** The failures of this time disable a webhook. */
export const disableAfterMs = 5 * 86_400_000;

/** A previous secret signs for this time. */
export const previousSecretMs = 86_400_000;
