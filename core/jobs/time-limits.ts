import type { Job } from './job.ts';

/**
 * When the job must have ended, in milliseconds since 1970. The limit runs from the first move that made it wait to be
 * run: a request whose first try stopped half-way becomes a job later than it was made.
 */
export function deadlineOf(job: Job): number {
  const first = job.moves.find(({ status }) => status === 'pending' || status === 'waiting');
  return (first?.at ?? job.requestedAt) + job.limits.timeoutSeconds * 1000;
}

/** Since when a job waits for its next attempt, in milliseconds since 1970; the future for a retry that is not due. */
export function queuedSince(job: Job): number {
  const queued = job.moves.findLast(({ status }) => status === 'pending');
  return job.nextAttemptAt ?? queued?.at ?? job.requestedAt;
}
