import { jobUrn } from '../../contract/names.ts';
import { failureCodes } from '../../contract/policy.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { noteLog } from './attempt-log.ts';
import { boundedText } from './bounded-text.ts';
import type { Decision } from './decision.ts';
import { isSameExecution } from './execution-digest.ts';
import type { AttemptLog, EndedAttempt, Failure, Job, StoredJson } from './job.ts';
import { releaseAttempt } from './release-attempt.ts';
import { deadlineOf, limitReached } from './time-limits.ts';
import { transitionJob } from './transition-job.ts';

/** How an attempt ended, as told by whoever saw it. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly result: StoredJson; readonly log?: AttemptLog }
  /** Its dispatcher refused it for want of capacity, before anything of it ran. */
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'failed';
      readonly code: Failure['code'];
      readonly detail: string;
      /** Only for `service-failed`: whether the service said that another try may help. */
      readonly retryable?: boolean;
      /** Only for `service-failed`: the error's own type; it may be of any length, and empty. */
      readonly serviceErrorType?: string;
      /** Of a container that ended by itself. */
      readonly exitCode?: number;
      /** The dispatcher's own words. */
      readonly reason?: string;
      readonly log?: AttemptLog;
    };

export interface Settlement {
  readonly attempt: number;
  readonly outcome: Outcome;
  /**
   * Digest of the execution that reports that its dispatcher did not carry the attempt out. It ends none that another execution
   * has claimed since, which may bear the same number, or that its dispatcher has after all.
   */
  readonly reportedBy?: string;
  readonly now: number;
  /** Evenly from 0 to 1: the share of the backoff that is waited (full jitter). */
  readonly jitter: number;
  /** Milliseconds after its due start at which a retry that nothing claimed is looked at. */
  readonly reconcileAfterMs: number;
}

/** `stale`: the report came late, twice or from an attempt that is not the current one; nothing was changed. */
export type SettleAnswer =
  | { readonly settled: 'stale' }
  | { readonly settled: 'ended'; readonly job: Job }
  /** The attempt did not take place: the job is to be queued for its turn. */
  | { readonly settled: 'given-back'; readonly job: Job }
  /** `startDelaySeconds`: start the router now and let it wait so long; absent when the sweep is to start it. */
  | { readonly settled: 'retrying'; readonly job: Job; readonly startDelaySeconds?: number };

/** A retry that is due within this time is started at once and waits in the router; a later one by the sweep. */
export const maxExecutionDelaySeconds = 30;

/** Three for each character of the longest message of a worker: all ten attempts must fit on the job's item. */
const maxDetailBytes = 12_600;
const maxReasonBytes = 3000;
/** Six for each character of the longest type of a worker, so that none of those is cut. */
const maxTypeBytes = 768;

const stale: Decision<SettleAnswer> = { answer: { settled: 'stale' } };

/** Ends an attempt, and the job with it unless its policy allows another. */
export function settleJob(found: Job | undefined, input: Settlement): Decision<SettleAnswer> {
  if (found === undefined || found.attempt !== input.attempt || isAnothers(found, input)) return stale;
  const job = noteLog(found, input.outcome.kind === 'refused' ? undefined : input.outcome.log);
  if (job.status === 'aborting') return ended(endAborted(job, input.now));
  if (job.status !== 'executing' && job.status !== 'scheduled') return stale;
  // The clock of this writer may be behind the clock of the one that recorded the start.
  const settlement = { ...input, now: Math.max(input.now, job.updatedAt) };
  const { outcome, now } = settlement;
  if (outcome.kind === 'refused' && isSure(job, settlement)) return refused(job, settlement);
  if (outcome.kind === 'succeeded') {
    return ended(
      transitionJob(job, 'succeeded', { now, change: { result: outcome.result, ...wholeProgress(job) } }),
    );
  }
  const failure = failureOf(job, outcome.kind === 'refused' ? refusedRepeatedly : outcome);
  const retryAt = nextAttemptAt(job, failure, settlement);
  if (retryAt === undefined) return ended(endWithFailure(job, failure, now));
  return retried(job, failure, { now, retryAt, reconcileAfterMs: settlement.reconcileAfterMs });
}

function isAnothers({ claim, dispatcherId }: Job, { reportedBy }: Settlement): boolean {
  if (reportedBy === undefined) return false;
  return dispatcherId !== undefined || !isSameExecution(claim?.executionDigest, reportedBy);
}

/** A share that fell short of the whole was told before the end: the last report may have come too early to be kept. */
function wholeProgress({ progress }: Job): Pick<Job, 'progress'> {
  return progress?.completion === undefined ? {} : { progress: { ...progress, completion: 1 } };
}

/** The job ended by its abort. */
export function endAborted(job: Job, now: number): Job {
  return endWithFailure(job, abortedFailure(job), now);
}

/** Why a job ended that was aborted; by its parent's abort when that is who asked. */
export function abortedFailure({ abort, parentId, attempt }: Job): Failure {
  const byParent = parentId !== undefined && abort?.by === jobUrn(parentId);
  return byParent
    ? { code: 'aborted-by-parent', detail: 'The parent job was aborted', retryable: false, attempt }
    : { code: 'aborted', detail: 'The job was aborted', retryable: false, attempt };
}

/** The job ended by a failure, in the state that its code belongs to. */
export function endWithFailure(job: Job, failure: Failure, now: number): Job {
  return transitionJob(job, failureCodes[failure.code].status, { now, change: { failure } });
}

const limitDetails = {
  timeout: 'The job reached its time limit',
  'queue-timeout': 'No attempt could be started within the time limit of the queue',
} as const;

/** A limit of a job that ends it for good. */
export type JobLimit = keyof typeof limitDetails;

/** The job ended because it has reached a limit of its own. */
export function endAtLimit(job: Job, code: JobLimit, now: number): Job {
  const failure = { code, detail: limitDetails[code], retryable: false, attempt: job.attempt };
  return endWithFailure(job, failure, now);
}

function failureOf(job: Job, outcome: Outcome & { kind: 'failed' }): Failure {
  const { code, detail } = outcome;
  const byPolicy = job.policy.retryOn?.includes(code);
  // The service's own word counts beside the policy; for the platform's faults the policy replaces the default.
  const retryable =
    code === 'service-failed'
      ? outcome.retryable === true || byPolicy === true
      : (byPolicy ?? failureCodes[code].retryable);
  const settlement = boundedText(detail, maxDetailBytes);
  return {
    ...{ code, detail: settlement, retryable, attempt: job.attempt },
    ...ownType(outcome),
    ...dispatcherReport(outcome),
  };
}

function ownType({ serviceErrorType: type = '' }: Outcome & { kind: 'failed' }) {
  return type === '' ? {} : { serviceErrorType: boundedText(type.toWellFormed(), maxTypeBytes) };
}

function dispatcherReport({ exitCode, reason }: Outcome & { kind: 'failed' }) {
  return {
    ...omitUndefined({ exitCode }),
    ...(reason === undefined ? {} : { reason: boundedText(reason, maxReasonBytes) }),
  };
}

/** Undefined when no further attempt may start: not retryable, none left, or it would begin after the time limit. */
function nextAttemptAt(job: Job, failure: Failure, settlement: Settlement): number | undefined {
  const { maxAttempts, backoffSeconds, backoffRate } = job.policy;
  if (!failure.retryable || job.attempt >= maxAttempts) return undefined;
  const bound = Math.min(backoffSeconds * backoffRate ** (job.attempt - 1), 3600);
  const delaySeconds = Math.ceil(bound * settlement.jitter);
  const startAt = settlement.now + delaySeconds * 1000;
  return startAt < deadlineOf(job) ? startAt : undefined;
}

/** Whether nothing of a refused attempt ran, and the report is of this claim of it. */
function isSure({ claim }: Job, { reportedBy }: Settlement): boolean {
  return reportedBy !== undefined && claim?.isRepeated !== true;
}

/** An execution that Step Functions ran twice: the other run of it may have invoked the function. */
const refusedRepeatedly = {
  kind: 'failed',
  code: 'dispatch-failed',
  detail: 'The dispatcher had no capacity for the attempt, which another run of its execution may have begun',
} as const;

/** The number of the attempt is free also where the job has reached a limit meanwhile: then it is due at once, and ends. */
function refused(job: Job, { now, reconcileAfterMs }: Settlement): Decision<SettleAnswer> {
  const pending = releaseAttempt(job, { now, nextCheckAt: now + reconcileAfterMs });
  const next = limitReached(pending, now) === undefined ? pending : { ...pending, nextCheckAt: now };
  return { next, answer: { settled: 'given-back', job: next } };
}

function retried(
  job: Job,
  failure: Failure,
  { now, retryAt, reconcileAfterMs }: { now: number; retryAt: number; reconcileAfterMs: number },
): Decision<SettleAnswer> {
  // All that is left of the attempt is on the list: the next one begins with nothing of it.
  const { claim: _, dispatcherId, log, progress: __, reportedAt: ___, progressAt: ____, ...rest } = job;
  const attempt: EndedAttempt = {
    number: job.attempt,
    startedAt: job.startedAt ?? job.scheduledAt ?? now,
    finishedAt: now,
    failure,
    ...omitUndefined({ dispatcherId, log }),
  };
  const delaySeconds = Math.ceil((retryAt - now) / 1000);
  const startNow = delaySeconds <= maxExecutionDelaySeconds;
  const next = transitionJob(rest, 'retrying', {
    now,
    change: {
      nextAttemptAt: retryAt,
      starts: startNow ? 1 : 0,
      endedAttempts: [...job.endedAttempts, attempt],
    },
    nextCheckAt: startNow ? retryAt + reconcileAfterMs : retryAt,
  });
  const start = startNow ? { startDelaySeconds: delaySeconds } : {};
  return { next, answer: { settled: 'retrying', job: next, ...start } };
}

function ended(job: Job): Decision<SettleAnswer> {
  return { next: job, answer: { settled: 'ended', job } };
}
