import type { Job, Transition } from './job.ts';

// All times are in epoch milliseconds.

/**
 * When the job must have ended. The limit starts with the first transition to
 * `pending` or `waiting`: a request whose first try was interrupted creates its job later than it was made.
 */
export function deadlineOf(job: Job): number {
  const first = job.transitions.find(({ status }) => status === 'pending' || status === 'waiting');
  return (first?.at ?? job.requestedAt) + job.limits.timeoutSeconds * 1000;
}

/** When a running attempt is considered lost because it sent no report; undefined if it has no limit. */
export function heartbeatDeadlineOf(job: Job): number | undefined {
  const { heartbeatSeconds } = job.limits;
  if (heartbeatSeconds === undefined || job.status !== 'executing') return undefined;
  return Math.max(job.startedAt ?? job.updatedAt, job.reportedAt ?? 0) + heartbeatSeconds * 1000;
}

/** Schedules the check of a job that starts to run at its heartbeat deadline, if it has one. */
export function withHeartbeatCheck(job: Job): Job {
  const deadline = heartbeatDeadlineOf(job);
  return deadline === undefined || deadline >= (job.nextCheckAt ?? 0)
    ? job
    : { ...job, nextCheckAt: deadline };
}

/**
 * Since when a job has waited for its next attempt:
 *
 * - a retry: since it was due, which may be in the future;
 * - the first attempt, even if it was released: since the job became pending;
 * - a released later attempt: since its first claim, because the due time of its retry is no longer stored.
 */
export function awaitsAttemptSince(job: Job): number {
  if (job.nextAttemptAt !== undefined) return job.nextAttemptAt;
  const isLaterAttempt = job.status === 'pending' && job.attempt > 0;
  const queued = isLaterAttempt
    ? firstClaim(job, job.attempt + 1)
    : job.transitions.find(({ status }) => status === 'pending');
  return queued?.at ?? job.requestedAt;
}

function firstClaim({ transitions }: Job, attempt: number): Transition | undefined {
  return transitions.find(
    (transition) =>
      (transition.status === 'scheduled' || transition.status === 'executing') &&
      transition.attempt === attempt,
  );
}

/**
 * The limit that a job has reached; undefined if none. The time limit of the job counts in every state, its
 * queue limit only while no attempt is claimed (`queueDeadlineOf` limits a claimed one on AWS Batch). All code
 * that starts, wakes, claims or submits an attempt applies this rule: a limit that only the reconciler enforced
 * would be exceeded whenever the reconciler is late.
 */
export function limitReached(job: Job, now: number): 'timeout' | 'queue-timeout' | undefined {
  if (now >= deadlineOf(job)) return 'timeout';
  if (job.status !== 'pending' && job.status !== 'retrying') return undefined;
  // The queue time of a retry that is left to the reconciler begins with its start: the reconciler's own delay
  // does not count.
  if (job.starts === 0) return undefined;
  return now >= awaitsAttemptSince(job) + job.limits.queueTimeoutSeconds * 1000 ? 'queue-timeout' : undefined;
}

/**
 * When a scheduled attempt must have started. Its queue time starts:
 *
 * - of the first attempt: when the job became pending;
 * - of a later attempt: at its first claim, because the retry had its own limit before that.
 */
export function queueDeadlineOf(job: Job): number {
  // Not `scheduledAt`, which another claim of the same attempt changes.
  const since =
    job.attempt === 1 ? awaitsAttemptSince(job) : (firstClaim(job, job.attempt)?.at ?? job.updatedAt);
  return since + job.limits.queueTimeoutSeconds * 1000;
}
