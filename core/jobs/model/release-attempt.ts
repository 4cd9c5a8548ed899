import type { Job } from './job.ts';
import { transitionJob } from './transition-job.ts';

/**
 * The job whose attempt was refused for want of capacity before anything of it ran: it is pending again, the attempt's number
 * is free, and the time that it has waited counts on.
 * @param dueAt milliseconds since 1970; when the reconciler makes sure that it is queued
 */
export function releaseAttempt(
  job: Job,
  { now, nextCheckAt }: { readonly now: number; readonly nextCheckAt: number },
): Job {
  const { claim: _, dispatcherId: __, log: ___, progress: ____, ...kept } = job;
  const { scheduledAt: _____, startedAt: ______, reportedAt: _______, progressAt: ________, ...rest } = kept;
  const change = { attempt: job.attempt - 1, waitingReason: noCapacity, releasedBy: job.starts };
  return transitionJob(rest, 'pending', { now, change, nextCheckAt });
}

/** Why a job waits whose target is congested. */
export const noCapacity = {
  code: 'capacity',
  detail: 'The dispatcher has no capacity for another attempt now; the job starts in its turn',
} as const;
