import type { Job, Transition } from './job.ts';

/**
 * When the job must have ended, in milliseconds since 1970. The limit runs from the first move that made it wait to be
 * run: a request whose first try stopped half-way becomes a job later than it was made.
 */
export function deadlineOf(job: Job): number {
  const first = job.transitions.find(({ status }) => status === 'pending' || status === 'waiting');
  return (first?.at ?? job.requestedAt) + job.limits.timeoutSeconds * 1000;
}

/** When an attempt that runs counts as lost for its silence, in milliseconds since 1970; undefined: it may be silent. */
export function silenceEndsAt(job: Job): number | undefined {
  const { heartbeatSeconds } = job.limits;
  if (heartbeatSeconds === undefined || job.status !== 'executing') return undefined;
  return Math.max(job.startedAt ?? job.updatedAt, job.reportedAt ?? 0) + heartbeatSeconds * 1000;
}

/** The job as it begins to run: looked at in time for its silence. Without `heartbeatSeconds` nothing changes. */
export function watchSilence(job: Job): Job {
  const endsAt = silenceEndsAt(job);
  return endsAt === undefined || endsAt >= (job.nextCheckAt ?? 0) ? job : { ...job, nextCheckAt: endsAt };
}

/**
 * Since when a job waits for its next attempt, in milliseconds since 1970; the future for a retry that is not due. An attempt
 * that was given back has waited since it first could begin, however often it was tried; one after the first since its first
 * claim, because the time of its retry is no longer known.
 */
export function queuedSince(job: Job): number {
  if (job.nextAttemptAt !== undefined) return job.nextAttemptAt;
  const isLater = job.status === 'pending' && job.attempt > 0;
  const queued = isLater
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
 * The limit that a job has reached which waits to be run, in any state before an attempt has it; undefined while it may
 * still begin. The one rule for everybody who starts, wakes or claims a job: a limit that only the reconciler kept would be
 * passed whenever the reconciler is late.
 * @param now milliseconds since 1970
 */
export function limitReached(job: Job, now: number): 'timeout' | 'queue-timeout' | undefined {
  if (now >= deadlineOf(job)) return 'timeout';
  if (job.status !== 'pending' && job.status !== 'retrying') return undefined;
  // A retry that the reconciler has yet to start has not been in the queue: the reconciler's own lateness does not count.
  if (job.starts === 0) return undefined;
  return now >= queuedSince(job) + job.limits.queueTimeoutSeconds * 1000 ? 'queue-timeout' : undefined;
}

/**
 * When an attempt must have begun that its dispatcher provides for, in milliseconds since 1970. A first attempt has waited
 * since it was submitted, a later one since it was first claimed: before that its retry had its own limit.
 */
export function providedBy(job: Job): number {
  // Not `scheduledAt`, which another claim of the same attempt sets anew.
  const since = job.attempt === 1 ? queuedSince(job) : (firstClaim(job, job.attempt)?.at ?? job.updatedAt);
  return since + job.limits.queueTimeoutSeconds * 1000;
}
