import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { decideBatchEvent, hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import type { BatchLookup } from '../batch/look-up-on-batch.ts';
import { type StopReason, stopReasons } from '../batch/stop-reasons.ts';
import { noteLog } from '../model/attempt-log.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf, providedBy, silenceEndsAt } from '../model/time-limits.ts';
import { touchJob } from '../model/transition-job.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { settleBadly } from './settle-badly.ts';

/** How long past its limit an attempt is left alone that Batch cannot be asked about. */
const patienceMilliseconds = 600_000;
/** Between two tries to apply the same end. */
const longestPauseMilliseconds = 3_600_000;

/** The limits of an attempt on Batch in its state, in milliseconds since 1970; `first` is the first of all. */
export function batchLimits(job: Job, { reconcileAfterMs }: CheckInput) {
  const deadline = deadlineOf(job);
  if (job.status === 'scheduled') {
    const queueEnds = providedBy(job);
    return { deadline, queueEnds, first: Math.min(deadline, queueEnds) } as const;
  }
  // Batch's own word of the time-out may be on its way.
  const overdueAt =
    (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000 + reconcileAfterMs;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  return { deadline, overdueAt, silentAt, first: Math.min(deadline, overdueAt, silentAt) } as const;
}

/**
 * What is done with an attempt on Batch whatever its state; undefined when its state has to decide. What Batch tells comes
 * before any limit: a job that succeeded unheard has succeeded.
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
  if (check.now < first + patienceMilliseconds)
    return postponeCheck(job, check.now + check.reconcileAfterMs, check);
  if (check.now >= deadline) return stopping(endOverdue(job, 'timeout', check), job, stopReasons.timeout);
  const detail = 'AWS Batch could not be asked what became of the attempt';
  return stopping(settleBadly(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/**
 * Has an end applied that nobody heard of. The next look is put off first, twice as long after each try: an end whose
 * application kills the process, again and again, keeps no other job waiting, and past its limit the attempt is lost.
 */
function applyEnd(job: Job, check: CheckInput, batchJob: BatchJob): Decision<Reconciliation> {
  const { now, reconcileAfterMs } = check;
  const { deadline, first } = batchLimits(job, check);
  const [tries, givesUpAt] = [job.endTries ?? 0, first + patienceMilliseconds];
  if (tries > 0 && now >= givesUpAt) {
    if (now >= deadline) return endOverdue(job, 'timeout', check);
    const detail = `AWS Batch reported the end of the attempt, which could not be applied in ${tries} tries`;
    return settleBadly(job, { code: 'lost', detail }, check);
  }
  const pause = Math.min(reconcileAfterMs * 2 ** tries, longestPauseMilliseconds);
  const nextCheckAt = Math.min(now + pause, Math.max(givesUpAt, now + reconcileAfterMs));
  return {
    next: touchJob(job, now, { endTries: tries + 1, nextCheckAt }),
    answer: { cause: 'event-lost', batchJob },
  };
}

/** An attempt that Batch had and has forgotten. One of its name that is still there carries out nothing, and is stopped. */
export function endUnknown(job: Job, check: CheckInput): Decision<Reconciliation> {
  const detail = 'Batch does not know the attempt any more';
  return stopping(settleBadly(job, { code: 'lost', detail }, check), job, stopReasons.lost);
}

/** The job with the log that Batch tells of, to be written with whatever the look writes. */
export function withReportedLog(job: Job, lookup: BatchLookup): Job {
  return lookup.kind === 'found' ? noteLog(job, lookup.batchJob.log) : job;
}

/** The same decision, after which Batch is to stop what it has of the attempt that the job was in. */
export function stopping(
  decision: Decision<Reconciliation>,
  job: Job,
  reason: StopReason,
): Decision<Reconciliation> {
  return { ...decision, answer: { ...decision.answer, stop: { job, reason } } };
}

/** Leaves an attempt to Batch, with what it told of it, until the next look. */
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
    answer: { cause: next.status === job.status ? 'alive' : 'event-lost' },
  };
}

/** Events may be lost, so Batch is asked now and then: after half as long again as the attempt has lasted. */
function nextCheckAfter(job: Job, { now, reconcileAfterMs }: CheckInput): number {
  const since = job.scheduledAt ?? job.updatedAt;
  return now + Math.max(reconcileAfterMs, Math.round((now - since) / 2));
}
