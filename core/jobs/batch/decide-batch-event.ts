import type { FailureCode } from '../../contract/policy.ts';
import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { withLog } from '../model/attempt-log.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { withHeartbeatCheck } from '../model/time-limits.ts';
import { transitionJob, withWrite } from '../model/transition-job.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { isBatchJobOf } from './batch-job-of.ts';

/** An event or a lookup of the Batch job that was submitted for this attempt. */
export interface BatchEventInput {
  readonly attempt: number;
  readonly batchJob: BatchJob;
  readonly now: number;
}

/**
 * `recorded`: the event is recorded, or changes nothing. `ended`: the attempt is to be settled with the
 * event. `orphan`: the Batch job is still active, but its claim is no longer valid, or its job is being
 * aborted. `stale`: the claim of the Batch job is no longer valid, and the Batch job has ended, or is about
 * to end because its worker has reported the end.
 */
export type BatchEventEffect = 'recorded' | 'ended' | 'orphan' | 'stale';

/** Maximum length of a waiting reason; Batch's own texts are one sentence long. */
const maxDetailCharacters = 500;

/** Failures that the worker itself reports: its Batch job is about to end, so it is not stopped. */
const workerReportedCodes: ReadonlySet<FailureCode | undefined> = new Set([
  'service-failed',
  'invalid-result',
]);

export function hasEndedOnBatch({ status }: BatchJob): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** The changes of a Batch event, except for the end of the attempt. Events may be repeated or reordered. */
export function decideBatchEvent(job: Job | undefined, event: BatchEventInput): Decision<BatchEventEffect> {
  const { attempt, batchJob } = event;
  const isCurrent = job !== undefined && job.attempt === attempt && hasOpenAttempt(job);
  if (!isCurrent || !isBatchJobOf(job, batchJob))
    return { result: classifyLateEvent(job, attempt, batchJob) };
  if (hasEndedOnBatch(batchJob)) return withEffect('ended', applyContainerStart(job, event));
  if (job.status === 'aborting') return withEffect('orphan', recordBatchJobId(job, event));
  if (batchJob.status === 'RUNNING')
    return withEffect('recorded', applyContainerStart(job, event) ?? recordLog(job, event));
  return withEffect('recorded', applyWaitingReason(job, event));
}

function hasOpenAttempt({ status }: Job): boolean {
  return status === 'scheduled' || status === 'executing' || status === 'aborting';
}

function withEffect(effect: BatchEventEffect, next: Job | undefined): Decision<BatchEventEffect> {
  return next === undefined ? { result: effect } : { next, result: effect };
}

function classifyLateEvent(job: Job | undefined, attempt: number, batchJob: BatchJob): 'orphan' | 'stale' {
  if (hasEndedOnBatch(batchJob)) return 'stale';
  const end = job === undefined ? undefined : endOf(job, attempt);
  const isOfAttempt = end?.dispatcherId === undefined || end.dispatcherId === batchJob.dispatcherId;
  return end !== undefined && isOfAttempt && (end.succeeded || workerReportedCodes.has(end.code))
    ? 'stale'
    : 'orphan';
}

/** How an ended attempt ended, as far as the job records it. */
function endOf(job: Job, attempt: number) {
  const earlier = job.endedAttempts.find(({ number }) => number === attempt);
  if (earlier !== undefined)
    return { dispatcherId: earlier.dispatcherId, code: earlier.failure.code, succeeded: false };
  if (job.attempt !== attempt || hasOpenAttempt(job)) return undefined;
  return {
    dispatcherId: job.dispatcherId,
    code: job.failure?.code,
    succeeded: job.status === 'succeeded',
  };
}

/** Records the id of the Batch job if the response to its submission was lost. */
function recordBatchJobId(job: Job, { batchJob, now }: BatchEventInput): Job | undefined {
  if (job.dispatcherId !== undefined) return undefined;
  return withWrite(withLog(job, batchJob.log), now, { dispatcherId: batchJob.dispatcherId });
}

/**
 * Records the log alone if the worker reported before Batch did: its report started the attempt, without a
 * log.
 */
function recordLog(job: Job, { batchJob, now }: BatchEventInput): Job | undefined {
  const updated = withLog(job, batchJob.log);
  return updated === job ? undefined : withWrite(updated, now, {});
}

function applyContainerStart(job: Job, event: BatchEventInput): Job | undefined {
  const { batchJob, now } = event;
  const hasStarted = batchJob.status === 'RUNNING' || batchJob.startedAt !== undefined;
  if (job.status !== 'scheduled' || !hasStarted) return recordBatchJobId(job, event);
  // Clocks differ: the start that Batch reports is limited to the time between the claim and now.
  const latest = Math.max(now, job.updatedAt);
  const startedAt = Math.min(Math.max(batchJob.startedAt ?? latest, job.scheduledAt ?? 0), latest);
  const change = { dispatcherId: batchJob.dispatcherId, startedAt };
  return withHeartbeatCheck(transitionJob(withLog(job, batchJob.log), 'executing', { now, change }));
}

/** Only in the state RUNNABLE does the status reason of Batch explain why a job waits. */
function applyWaitingReason(job: Job, event: BatchEventInput): Job | undefined {
  const { batchJob, now } = event;
  const detail = redactAwsIdentifiers(batchJob.statusReason ?? '')
    .slice(0, maxDetailCharacters)
    .toWellFormed();
  const isNewDetail = detail !== '' && job.waitingReason?.detail !== detail;
  if (batchJob.status !== 'RUNNABLE' || job.status !== 'scheduled' || !isNewDetail)
    return recordBatchJobId(job, event);
  const { dispatcherId } = batchJob;
  return withWrite(job, now, { dispatcherId, waitingReason: { code: 'capacity', detail } });
}
