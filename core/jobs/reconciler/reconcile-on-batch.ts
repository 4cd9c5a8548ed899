import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { decideBatchEvent, hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import type { BatchLookup } from '../batch/look-up-on-batch.ts';
import { type StopReason, stopReasons } from '../batch/stop-reasons.ts';
import { withLog } from '../model/attempt-log.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf, queueDeadlineOf, silenceEndsAt } from '../model/time-limits.ts';
import { touchJob } from '../model/transition-job.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { settleFailed } from './settle-failed.ts';

/** How long after its limit an attempt is kept while Batch cannot be queried. */
const unreachableGraceMs = 600_000;
/** The longest pause between two tries to apply the same end. */
const longestPauseMs = 3_600_000;

/** The limits of an attempt on Batch in its state, in milliseconds since 1970; `first` is the earliest. */
export function batchLimits(job: Job, { reconcileAfterMs }: CheckInput) {
  const deadline = deadlineOf(job);
  if (job.status === 'scheduled') {
    const queueEnds = queueDeadlineOf(job);
    return { deadline, queueEnds, first: Math.min(deadline, queueEnds) } as const;
  }
  // The event of a timeout on Batch may still be on its way.
  const overdueAt =
    (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000 + reconcileAfterMs;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  return { deadline, overdueAt, silentAt, first: Math.min(deadline, overdueAt, silentAt) } as const;
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
  const { deadline, first } = batchLimits(job, check);
  if (check.now < first + unreachableGraceMs)
    return postponeCheck(job, check.now + check.reconcileAfterMs, check);
  if (check.now >= deadline) return stopping(endOverdue(job, 'timeout', check), job, stopReasons.timeout);
  const detail = 'AWS Batch could not be queried for the state of the attempt';
  return stopping(settleFailed(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/**
 * Applies an end that no event reported. The next check is scheduled first, with a pause that doubles after
 * each try: an end that kills the process whenever it is applied delays no other job, and after its limit the
 * attempt is lost.
 */
function applyEnd(job: Job, check: CheckInput, batchJob: BatchJob): Decision<Reconciliation> {
  const { now, reconcileAfterMs } = check;
  const { deadline, first } = batchLimits(job, check);
  const [tries, givesUpAt] = [job.endTries ?? 0, first + unreachableGraceMs];
  if (tries > 0 && now >= givesUpAt) {
    if (now >= deadline) return endOverdue(job, 'timeout', check);
    const detail = `AWS Batch reported the end of the attempt, but Errand failed to apply it in ${tries} tries`;
    return settleFailed(job, { code: 'lost', detail }, check);
  }
  const pause = Math.min(reconcileAfterMs * 2 ** tries, longestPauseMs);
  const nextCheckAt = Math.min(now + pause, Math.max(givesUpAt, now + reconcileAfterMs));
  return {
    next: touchJob(job, now, { endTries: tries + 1, nextCheckAt }),
    result: { cause: 'event-lost', batchJob },
  };
}

/** Ends an attempt that Batch had but no longer knows. A remaining Batch job of the same name is stopped. */
export function endUnknown(job: Job, check: CheckInput): Decision<Reconciliation> {
  const detail = 'AWS Batch no longer knows the attempt';
  return stopping(settleFailed(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/** Adds the log that Batch reported to the job, so that it is written with the next write. */
export function withReportedLog(job: Job, lookup: BatchLookup): Job {
  return lookup.kind === 'found' ? withLog(job, lookup.batchJob.log) : job;
}

/** The same decision, after which Batch stops the attempt that the job was in. */
export function stopping(
  decision: Decision<Reconciliation>,
  job: Job,
  reason: StopReason,
): Decision<Reconciliation> {
  return { ...decision, result: { ...decision.result, stop: { job, reason } } };
}

/** Leaves an attempt to Batch until the next check, and applies the status that Batch reported. */
export function leaveToBatch(job: Job, check: CheckInput, lookup: BatchLookup): Decision<Reconciliation> {
  const { now } = check;
  const known =
    lookup.kind === 'found'
      ? decideBatchEvent(job, { ...lookup, attempt: job.attempt, now }).next
      : undefined;
  const next = known ?? touchJob(job, now, {});
  const nextCheckAt = Math.min(
    nextCheckAfter(next, check),
    Math.max(batchLimits(next, check).first, now + 1),
  );
  return {
    next: { ...next, nextCheckAt },
    result: { cause: next.status === job.status ? 'alive' : 'event-lost' },
  };
}

/** Events may be lost, so Batch is queried again after half the time that the attempt has lasted so far. */
function nextCheckAfter(job: Job, { now, reconcileAfterMs }: CheckInput): number {
  const since = job.scheduledAt ?? job.updatedAt;
  return now + Math.max(reconcileAfterMs, Math.round((now - since) / 2));
}
