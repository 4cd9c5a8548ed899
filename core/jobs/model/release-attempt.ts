import { omit } from '../../std/omit.ts';
import type { Job } from './job.ts';
import { transitionJob } from './transition-job.ts';

/** The members of a job that belong to the released attempt. */
const attemptMembers = [
  'claim',
  'dispatcherId',
  'log',
  'invocation',
  'progress',
  'scheduledAt',
  'startedAt',
  'reportedAt',
  'progressAt',
] as const;

/**
 * Releases an attempt that was refused for lack of capacity before any of it ran: the job becomes pending
 * again, the attempt number is reused, and the time that it has waited still counts.
 * @param nextCheckAt when the reconciler makes sure that the job is queued, in epoch milliseconds
 */
export function releaseAttempt(
  job: Job,
  { now, nextCheckAt }: { readonly now: number; readonly nextCheckAt: number },
): Job {
  const change = { attempt: job.attempt - 1, waitingReason: capacityReason, releasedAtStart: job.starts };
  return transitionJob(omit(job, attemptMembers), 'pending', { now, change, nextCheckAt });
}

/** The waiting reason of a job whose target is congested. */
export const capacityReason = {
  code: 'capacity',
  detail: 'The dispatcher has no capacity for another attempt; the job is queued and starts in its turn',
} as const;
