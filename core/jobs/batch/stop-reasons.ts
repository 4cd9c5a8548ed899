/**
 * The reason that is sent to Batch when an attempt is stopped; Batch returns it as the status reason of its
 * job.
 */
export const stopReasons = {
  aborted: 'Errand: the job was aborted',
  superseded: 'Errand: nothing waits for this attempt any more',
  queueTimeout: 'Errand: the attempt waited longer than its limit',
  timeout: 'Errand: a time limit was reached',
  lost: 'Errand: the attempt was given up',
} as const;

export type StopReason = (typeof stopReasons)[keyof typeof stopReasons];
