import type { FailureCode } from '../../contract/policy.ts';
import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { noteLog } from '../model/attempt-log.ts';
import { claimMark } from '../model/batch-job-name.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { moveJob, touchJob } from '../model/move-job.ts';
import { watchSilence } from '../model/time-limits.ts';
import { hideAccount } from '../records/hide-account.ts';

/** What Batch tells of a job that was submitted for this attempt. */
export interface BatchTold {
  readonly attempt: number;
  readonly told: BatchJob;
  readonly now: number;
}

/**
 * `ended`: the attempt is to be settled with what was told. `unwanted`: a job that Batch still has, and that nobody waits
 * for. `stale`: told late, twice or of another attempt.
 */
export type BatchEventAnswer = 'noted' | 'ended' | 'unwanted' | 'stale';

/** Room for what a job waits for; Batch explains itself in a sentence. */
const maxDetailCharacters = 500;

/** Failures that an attempt told of itself: what of it is left on Batch is about to end, and is left in peace. */
const ownCodes: ReadonlySet<FailureCode | undefined> = new Set(['service-failed', 'invalid-result']);

export function hasEndedOnBatch({ status }: BatchJob): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/**
 * True when the Batch job carries out the attempt that the job is in. The first one that is heard of does when the answer to
 * its submission was lost; but not one that was submitted under an earlier claim, since its worker holds an old token.
 */
export function carriesOut(job: Job, told: BatchJob): boolean {
  if (job.dispatcherId !== undefined) return job.dispatcherId === told.dispatcherId;
  return job.claim !== undefined && (told.claim === undefined || told.claim === claimMark(job.claim));
}

/** What Batch's word changes of a job, but for the end of its attempt. In any order and however often it changes little. */
export function decideBatchEvent(job: Job | undefined, event: BatchTold): Decision<BatchEventAnswer> {
  const { attempt, told } = event;
  const runs = job !== undefined && job.attempt === attempt && isRunning(job);
  if (!runs || !carriesOut(job, told)) return { answer: whenOver(job, attempt, told) };
  if (hasEndedOnBatch(told)) return withAnswer('ended', begunOrBound(job, event));
  if (job.status === 'aborting') return withAnswer('unwanted', bound(job, event));
  if (told.status === 'RUNNING') return withAnswer('noted', begunOrBound(job, event) ?? logNoted(job, event));
  return withAnswer('noted', waitingOrBound(job, event));
}

function isRunning({ status }: Job): boolean {
  return status === 'scheduled' || status === 'executing' || status === 'aborting';
}

function withAnswer(answer: BatchEventAnswer, next: Job | undefined): Decision<BatchEventAnswer> {
  return next === undefined ? { answer } : { next, answer };
}

function whenOver(job: Job | undefined, attempt: number, told: BatchJob): 'unwanted' | 'stale' {
  if (hasEndedOnBatch(told)) return 'stale';
  const end = job === undefined ? undefined : endOf(job, attempt);
  const isOfAttempt = end?.dispatcherId === undefined || end.dispatcherId === told.dispatcherId;
  return end !== undefined && isOfAttempt && (end.succeeded || ownCodes.has(end.code)) ? 'stale' : 'unwanted';
}

/** How an attempt that is over ended, as far as the job tells. */
function endOf(job: Job, attempt: number) {
  const earlier = job.endedAttempts.find(({ number }) => number === attempt);
  if (earlier !== undefined)
    return { dispatcherId: earlier.dispatcherId, code: earlier.failure.code, succeeded: false };
  if (job.attempt !== attempt || isRunning(job)) return undefined;
  return {
    dispatcherId: job.dispatcherId,
    code: job.failure?.code,
    succeeded: job.status === 'succeeded',
  };
}

/** The Batch job's id is kept when the answer to its submission was lost. */
function bound(job: Job, { told, now }: BatchTold): Job | undefined {
  if (job.dispatcherId !== undefined) return undefined;
  return touchJob(noteLog(job, told.log), now, { dispatcherId: told.dispatcherId });
}

/** A worker that has reported before Batch tells that it runs has begun the attempt, and knows nothing of its log. */
function logNoted(job: Job, { told, now }: BatchTold): Job | undefined {
  const noted = noteLog(job, told.log);
  return noted === job ? undefined : touchJob(noted, now, {});
}

function begunOrBound(job: Job, event: BatchTold): Job | undefined {
  const { told, now } = event;
  const hasBegun = told.status === 'RUNNING' || told.startedAt !== undefined;
  if (job.status !== 'scheduled' || !hasBegun) return bound(job, event);
  // Batch's clock is another one: what it tells lies between the claim and now.
  const latest = Math.max(now, job.updatedAt);
  const startedAt = Math.min(Math.max(told.startedAt ?? latest, job.scheduledAt ?? 0), latest);
  const change = { dispatcherId: told.dispatcherId, startedAt };
  return watchSilence(moveJob(noteLog(job, told.log), 'executing', { now, change }));
}

/** Batch explains in RUNNABLE why a job does not go on; in any other state it explains nothing of that kind. */
function waitingOrBound(job: Job, event: BatchTold): Job | undefined {
  const { told, now } = event;
  const detail = hideAccount(told.statusReason ?? '')
    .slice(0, maxDetailCharacters)
    .toWellFormed();
  const isNews = detail !== '' && job.waitingReason?.detail !== detail;
  if (told.status !== 'RUNNABLE' || job.status !== 'scheduled' || !isNews) return bound(job, event);
  const { dispatcherId } = told;
  return touchJob(job, now, { dispatcherId, waitingReason: { code: 'capacity', detail } });
}
