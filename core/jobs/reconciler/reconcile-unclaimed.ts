import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { awaitsAttemptSince, deadlineOf, limitReached } from '../model/time-limits.ts';
import { withWrite } from '../model/transition-job.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';

/** In milliseconds: the time for which a turn may be lost if its process dies. */
const longestPauseMs = 300_000;

/** Starts an attempt that no execution has claimed, or ends its job after a limit. */
export function reconcileUnclaimed(job: Job, check: CheckInput): Decision<Reconciliation> {
  const since = awaitsAttemptSince(job);
  if (check.now < since) return postponeCheck(job, since, check);
  const limit = limitReached(job, check.now);
  if (limit !== undefined) return endOverdue(job, limit, check);
  return job.waitingReason?.code === 'capacity' ? queueAgain(job, check) : startAgain(job, check);
}

/** Starts an attempt that no execution has claimed. */
export function startAgain(job: Job, check: CheckInput): Decision<Reconciliation> {
  const restarted = withWrite(job, check.now, {
    ...queueStartMember(job, check),
    starts: job.starts + 1,
    nextCheckAt: check.now + check.reconcileAfterMs,
  });
  return { next: restarted, result: { cause: 'not-started', start: { job: restarted, delaySeconds: 0 } } };
}

/**
 * Adds a job that waits for its turn to the queue again, in case its entry was lost. The queue makes progress by
 * itself, so the pause until the next check grows with the time that the job has waited.
 */
function queueAgain(job: Job, check: CheckInput): Decision<Reconciliation> {
  const since = awaitsAttemptSince(job);
  const pause = Math.max(
    check.reconcileAfterMs,
    Math.min(Math.round((check.now - since) / 2), longestPauseMs),
  );
  const limit = Math.min(since + job.limits.queueTimeoutSeconds * 1000, deadlineOf(job));
  const next = withWrite(job, check.now, { nextCheckAt: Math.min(check.now + pause, limit) });
  return { next, result: { cause: 'queued', queue: next } };
}

/** The queue time of a retry that was not started yet begins now. */
function queueStartMember({ starts, nextAttemptAt }: Job, { now }: CheckInput): Pick<Job, 'nextAttemptAt'> {
  return starts === 0 && nextAttemptAt !== undefined ? { nextAttemptAt: now } : {};
}
