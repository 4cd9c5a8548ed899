import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { BatchWord } from '../batch/ask-batch.ts';
import { decideBatchEvent, hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import { type StopReason, stopReasons } from '../batch/stop-reasons.ts';
import { noteLog } from '../model/attempt-log.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/move-job.ts';
import { deadlineOf, providedBy, silenceEndsAt } from '../model/time-limits.ts';
import { endOverdue, type Look, putOff, type Repair } from './repair.ts';
import { settleBadly } from './settle-badly.ts';

/** How long past its limit an attempt is left alone that Batch cannot be asked about. */
const patienceMilliseconds = 600_000;
/** Between two tries to apply the same end. */
const longestPauseMilliseconds = 3_600_000;

/** The limits of an attempt on Batch in its state, in milliseconds since 1970; `first` is the first of all. */
export function batchLimits(job: Job, { lookAfter }: Look) {
  const deadline = deadlineOf(job);
  if (job.status === 'scheduled') {
    const queueEnds = providedBy(job);
    return { deadline, queueEnds, first: Math.min(deadline, queueEnds) } as const;
  }
  // Batch's own word of the time-out may be on its way.
  const overdueAt = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000 + lookAfter;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  return { deadline, overdueAt, silentAt, first: Math.min(deadline, overdueAt, silentAt) } as const;
}

/**
 * What is done with an attempt on Batch whatever its state; undefined when its state has to decide. What Batch tells comes
 * before any limit: a job that succeeded unheard has succeeded.
 */
export function repairByWord(job: Job, look: Look, word: BatchWord): Decision<Repair> | undefined {
  if (word.kind === 'told' && hasEndedOnBatch(word.told)) return applyEnd(job, look, word.told);
  if (word.kind !== 'unreachable') return undefined;
  const { deadline, first } = batchLimits(job, look);
  if (look.now < first + patienceMilliseconds) return putOff(job, look.now + look.lookAfter, look);
  if (look.now >= deadline) return stopping(endOverdue(job, 'timeout', look), job, stopReasons.timeout);
  const detail = 'AWS Batch could not be asked what became of the attempt';
  return stopping(settleBadly(job, { code: 'lost', detail }, look), job, stopReasons.lost);
}

/**
 * Has an end applied that nobody heard of. The next look is put off first, twice as long after each try: an end whose
 * application kills the process, again and again, keeps no other job waiting, and past its limit the attempt is lost.
 */
function applyEnd(job: Job, look: Look, told: BatchJob): Decision<Repair> {
  const { now, lookAfter } = look;
  const { deadline, first } = batchLimits(job, look);
  const [tries, givesUpAt] = [job.endTries ?? 0, first + patienceMilliseconds];
  if (tries > 0 && now >= givesUpAt) {
    if (now >= deadline) return endOverdue(job, 'timeout', look);
    const detail = `AWS Batch reported the end of the attempt, which could not be applied in ${tries} tries`;
    return settleBadly(job, { code: 'lost', detail }, look);
  }
  const pause = Math.min(lookAfter * 2 ** tries, longestPauseMilliseconds);
  const dueAt = Math.min(now + pause, Math.max(givesUpAt, now + lookAfter));
  return {
    next: touchJob(job, now, { endTries: tries + 1, dueAt }),
    answer: { cause: 'event-lost', told },
  };
}

/** An attempt that Batch had and has forgotten. One of its name that is still there carries out nothing, and is stopped. */
export function endUnknown(job: Job, look: Look): Decision<Repair> {
  const detail = 'Batch does not know the attempt any more';
  return stopping(settleBadly(job, { code: 'lost', detail }, look), job, stopReasons.lost);
}

/** The job with the log that Batch tells of, to be written with whatever the look writes. */
export function logHeard(job: Job, word: BatchWord): Job {
  return word.kind === 'told' ? noteLog(job, word.told.log) : job;
}

/** The same decision, after which Batch is to stop what it has of the attempt that the job was in. */
export function stopping(decision: Decision<Repair>, job: Job, reason: StopReason): Decision<Repair> {
  return { ...decision, answer: { ...decision.answer, stop: { job, reason } } };
}

/** Leaves an attempt to Batch, with what it told of it, until the next look. */
export function leaveToBatch(job: Job, look: Look, word: BatchWord): Decision<Repair> {
  const { now } = look;
  const known =
    word.kind === 'told' ? decideBatchEvent(job, { ...word, attempt: job.attempt, now }).next : undefined;
  const next = known ?? touchJob(job, now, {});
  const dueAt = Math.min(nextLook(next, look), Math.max(batchLimits(next, look).first, now + 1));
  return { next: { ...next, dueAt }, answer: { cause: next.status === job.status ? 'alive' : 'event-lost' } };
}

/** Events may be lost, so Batch is asked now and then: after half as long again as the attempt has lasted. */
function nextLook(job: Job, { now, lookAfter }: Look): number {
  const since = job.scheduledAt ?? job.updatedAt;
  return now + Math.max(lookAfter, Math.round((now - since) / 2));
}
