import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { decideBatchEvent, hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import type { BatchLookup } from '../batch/look-up-on-batch.ts';
import { type StopReason, stopReasons } from '../batch/stop-reasons.ts';
import { withLog } from '../model/attempt-log.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf, heartbeatDeadlineOf, queueDeadlineOf } from '../model/time-limits.ts';
import { withWrite } from '../model/transition-job.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { settleFailed } from './settle-failed.ts';

/** How long after its limit an attempt is kept while Batch cannot be queried. */
const unreachableGraceMs = 600_000;
/** The longest pause between two tries to apply the same end. */
const longestPauseMs = 3_600_000;

/** When an attempt on Batch reaches the limits of its state, in epoch milliseconds. */
export function batchLimits(job: Job, { reconcileAfterMs }: CheckInput) {
  const deadline = deadlineOf(job);
  if (job.status === 'scheduled') {
    const queueDeadline = queueDeadlineOf(job);
    return { deadline, queueDeadline, earliestLimit: Math.min(deadline, queueDeadline) } as const;
  }
  // The event of a timeout on Batch may still be on its way.
  const overdueAt =
    (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000 + reconcileAfterMs;
  const heartbeatDeadline = heartbeatDeadlineOf(job) ?? Number.POSITIVE_INFINITY;
  return {
    deadline,
    overdueAt,
    heartbeatDeadline,
    earliestLimit: Math.min(deadline, overdueAt, heartbeatDeadline),
  } as const;
}

/**
 * The decision for an attempt on Batch that does not depend on its state; undefined if the state has to
 * decide. The status on Batch has priority over all limits: an attempt that succeeded without a report has
 * succeeded.
 */
export function reconcileByLookup(
  job: Job,
  check: CheckInput,
  lookup: BatchLookup,
): Decision<Reconciliation> | undefined {
  if (lookup.kind === 'found' && hasEndedOnBatch(lookup.batchJob))
    return applyEnd(job, check, lookup.batchJob);
  if (lookup.kind !== 'unreachable') return undefined;
  const { deadline, earliestLimit } = batchLimits(job, check);
  if (check.now < earliestLimit + unreachableGraceMs)
    return postponeCheck(job, check.now + check.reconcileAfterMs, check);
  if (check.now >= deadline) return withStop(endOverdue(job, 'timeout', check), job, stopReasons.timeout);
  const detail = 'AWS Batch could not be queried for the state of the attempt';
  return withStop(settleFailed(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/**
 * Applies an end that no event reported. The next check is scheduled first, with a pause that doubles after each
 * try, because applying the end may kill the process. So such an end delays no other job, and the attempt is lost
 * after its limit.
 */
function applyEnd(job: Job, check: CheckInput, batchJob: BatchJob): Decision<Reconciliation> {
  const { now, reconcileAfterMs } = check;
  const { deadline, earliestLimit } = batchLimits(job, check);
  const tries = job.applyEndTries ?? 0;
  const giveUpAt = earliestLimit + unreachableGraceMs;
  if (tries > 0 && now >= giveUpAt) {
    if (now >= deadline) return endOverdue(job, 'timeout', check);
    const detail = `AWS Batch reported the end of the attempt, but Errand failed to apply it in ${tries} tries`;
    return settleFailed(job, { code: 'lost', detail }, check);
  }
  const pause = Math.min(reconcileAfterMs * 2 ** tries, longestPauseMs);
  const nextCheckAt = Math.min(now + pause, Math.max(giveUpAt, now + reconcileAfterMs));
  return {
    next: withWrite(job, now, { applyEndTries: tries + 1, nextCheckAt }),
    result: { cause: 'event-lost', batchJob },
  };
}

/** Ends an attempt that Batch had but no longer knows. A remaining Batch job of the same name is stopped. */
export function endUnknown(job: Job, check: CheckInput): Decision<Reconciliation> {
  const detail = 'AWS Batch no longer knows the attempt';
  return withStop(settleFailed(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/** Adds the log that Batch reported to the job, so that it is written with the next write. */
export function withReportedLog(job: Job, lookup: BatchLookup): Job {
  return lookup.kind === 'found' ? withLog(job, lookup.batchJob.log) : job;
}

/** Adds the stop of the job's current Batch job to a decision. */
export function withStop(
  decision: Decision<Reconciliation>,
  job: Job,
  reason: StopReason,
): Decision<Reconciliation> {
  return { ...decision, result: { ...decision.result, stop: { job, reason } } };
}

/** Leaves an attempt to Batch until the next check, and applies the status that Batch reported. */
export function leaveToBatch(job: Job, check: CheckInput, lookup: BatchLookup): Decision<Reconciliation> {
  const { now } = check;
  const updated =
    lookup.kind === 'found'
      ? decideBatchEvent(job, { ...lookup, attempt: job.attempt, now }).next
      : undefined;
  const next = updated ?? withWrite(job, now, {});
  const nextCheckAt = Math.min(
    nextCheckAfter(next, check),
    Math.max(batchLimits(next, check).earliestLimit, now + 1),
  );
  return {
    next: { ...next, nextCheckAt },
    result: { cause: next.status === job.status ? 'postponed' : 'event-lost' },
  };
}

/** Events may be lost, so Batch is queried again after half the time that the attempt has lasted so far. */
function nextCheckAfter(job: Job, { now, reconcileAfterMs }: CheckInput): number {
  const since = job.scheduledAt ?? job.updatedAt;
  return now + Math.max(reconcileAfterMs, Math.round((now - since) / 2));
}
