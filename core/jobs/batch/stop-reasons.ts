/** What Batch is told of why an attempt is stopped; it tells it back as the reason of the job's failure. */
export const stopReasons = {
  aborted: 'Errand: the job was aborted',
  superseded: 'Errand: nothing waits for this attempt any more',
  queueTimeout: 'Errand: the attempt waited longer than its limit',
  timeout: 'Errand: a time limit was reached',
  lost: 'Errand: the attempt was given up',
} as const;

export type StopReason = (typeof stopReasons)[keyof typeof stopReasons];
