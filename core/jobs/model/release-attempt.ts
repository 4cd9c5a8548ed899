import type { Job } from './job.ts';
import { transitionJob } from './transition-job.ts';

/**
 * Releases an attempt that was refused for lack of capacity before any of it ran: the job becomes pending
 * again, the attempt number is reused, and the time that it has waited still counts.
 * @param nextCheckAt milliseconds since 1970; when the reconciler makes sure that the job is queued
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

/** The waiting reason of a job whose target is congested. */
export const noCapacity = {
  code: 'capacity',
  detail: 'The dispatcher has no capacity for another attempt; the job is queued and starts in its turn',
} as const;
