import { failureCodes } from '../../contract/policy.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { withLog } from './attempt-log.ts';
import type { Decision } from './decision.ts';
import { endAborted, endWithFailure } from './end-job.ts';
import { isSameExecution } from './execution-digest.ts';
import { withInvocation } from './invocation.ts';
import type { AttemptLog, EndedAttempt, Failure, Invocation, Job, StoredJson } from './job.ts';
import { releaseAttempt } from './release-attempt.ts';
import { deadlineOf, limitReached } from './time-limits.ts';
import { transitionJob } from './transition-job.ts';
import { truncateText } from './truncate-text.ts';

/** How an attempt ended, as reported by the worker, the execution, the dispatcher or the reconciler. */
export type AttemptOutcome =
  | { readonly kind: 'succeeded'; readonly result: StoredJson; readonly log?: AttemptLog }
  /** The dispatcher refused it for lack of capacity, before any of it ran. */
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'failed';
      readonly code: Failure['code'];
      readonly detail: string;
      /** Only for `service-failed`: whether the service reported that a retry may succeed. */
      readonly retryable?: boolean;
      /** Only for `service-failed`: the error type; it may have any length, and may be empty. */
      readonly serviceErrorType?: string;
      /** Of a container that exited by itself. */
      readonly exitCode?: number;
      /** The reason as the dispatcher reported it. */
      readonly reason?: string;
      readonly log?: AttemptLog;
    };

export interface Settlement {
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
  /** The invocation that ended with this outcome, if it is known. */
  readonly invocation?: Invocation | undefined;
  /**
   * Digest of the execution that reports that its dispatcher did not carry out the attempt. Such a report is
   * ignored if another execution has since claimed an attempt of the same number, or if the dispatcher has
   * accepted the attempt.
   */
  readonly reportedBy?: string;
  readonly now: number;
  /** Uniformly distributed from 0 to 1: the fraction of the backoff to wait (full jitter). */
  readonly jitter: number;
  /** Milliseconds after its due start at which a retry that was not claimed is checked. */
  readonly reconcileAfterMs: number;
}

/** `stale`: the report was late, repeated, or not of the current attempt; nothing was changed. */
export type SettleResult =
  | { readonly settled: 'stale' }
  | { readonly settled: 'ended'; readonly job: Job }
  /** The attempt was released; the job must be queued. */
  | { readonly settled: 'released'; readonly job: Job }
  /**
   * `startDelaySeconds`: start the execution now with this delay; absent if the reconciler is to start it.
   */
  | { readonly settled: 'retrying'; readonly job: Job; readonly startDelaySeconds?: number };

/**
 * A retry that is due within this time is started immediately and waits in its execution; the reconciler
 * starts later ones.
 */
export const maxExecutionDelaySeconds = 30;

/**
 * 3 bytes for each character of the longest worker message: all ten attempts must fit on the item of the job.
 */
const maxDetailBytes = 12_600;
const maxReasonBytes = 3000;
/** 6 bytes for each character of the longest error type of a worker, so that none is shortened. */
const maxTypeBytes = 768;

const staleDecision: Decision<SettleResult> = { result: { settled: 'stale' } };

/** Ends an attempt, and the job too unless its retry policy allows another attempt. */
export function settleJob(found: Job | undefined, input: Settlement): Decision<SettleResult> {
  if (found === undefined || found.attempt !== input.attempt || isOfOtherExecution(found, input))
    return staleDecision;
  const logged = withLog(found, input.outcome.kind === 'refused' ? undefined : input.outcome.log);
  const job = withInvocation(logged, input.invocation);
  if (job.status === 'aborting') return endDecision(endAborted(job, input.now));
  if (job.status !== 'executing' && job.status !== 'scheduled') return staleDecision;
  // The clock of this process may be behind the clock of the process that recorded the start.
  const settlement = { ...input, now: Math.max(input.now, job.updatedAt) };
  const { outcome, now } = settlement;
  if (outcome.kind === 'refused' && provesNothingRan(job, settlement))
    return releaseDecision(job, settlement);
  if (outcome.kind === 'succeeded') {
    return endDecision(
      transitionJob(job, 'succeeded', { now, change: { result: outcome.result, ...completedProgress(job) } }),
    );
  }
  const failure = failureOf(job, outcome.kind === 'refused' ? refusedAfterDoubleRun : outcome);
  const retryAt = nextAttemptAt(job, failure, settlement);
  if (retryAt === undefined) return endDecision(endWithFailure(job, failure, now));
  return retryDecision(job, failure, { now, retryAt, reconcileAfterMs: settlement.reconcileAfterMs });
}

function isOfOtherExecution({ claim, dispatcherId }: Job, { reportedBy }: Settlement): boolean {
  if (reportedBy === undefined) return false;
  return dispatcherId !== undefined || !isSameExecution(claim?.executionDigest, reportedBy);
}

/**
 * Sets an incomplete completion to 1: the last progress report may have been dropped because it was too
 * early.
 */
function completedProgress({ progress }: Job): Pick<Job, 'progress'> {
  return progress?.completion === undefined ? {} : { progress: { ...progress, completion: 1 } };
}

function failureOf(job: Job, outcome: AttemptOutcome & { kind: 'failed' }): Failure {
  const { code, detail } = outcome;
  const retriedByPolicy = job.policy.retryOn?.includes(code);
  // For `service-failed` the service or the policy can allow a retry; for other codes the policy replaces the
  // default.
  const retryable =
    code === 'service-failed'
      ? outcome.retryable === true || retriedByPolicy === true
      : (retriedByPolicy ?? failureCodes[code].retryable);
  return {
    ...{ code, detail: truncateText(detail, maxDetailBytes), retryable, attempt: job.attempt },
    ...serviceErrorTypeOf(outcome),
    ...dispatcherReport(outcome),
  };
}

function serviceErrorTypeOf({ serviceErrorType: type = '' }: AttemptOutcome & { kind: 'failed' }) {
  return type === '' ? {} : { serviceErrorType: truncateText(type.toWellFormed(), maxTypeBytes) };
}

function dispatcherReport({ exitCode, reason }: AttemptOutcome & { kind: 'failed' }) {
  return {
    ...omitUndefined({ exitCode }),
    ...(reason === undefined ? {} : { reason: truncateText(reason, maxReasonBytes) }),
  };
}

/**
 * Undefined if no further attempt may start: not retryable, none left, or it would start after the time
 * limit.
 */
function nextAttemptAt(job: Job, failure: Failure, settlement: Settlement): number | undefined {
  const { maxAttempts, backoffSeconds, backoffRate } = job.policy;
  if (!failure.retryable || job.attempt >= maxAttempts) return undefined;
  const bound = Math.min(backoffSeconds * backoffRate ** (job.attempt - 1), 3600);
  const delaySeconds = Math.ceil(bound * settlement.jitter);
  const startAt = settlement.now + delaySeconds * 1000;
  return startAt < deadlineOf(job) ? startAt : undefined;
}

/**
 * Returns whether a refusal proves that none of the attempt ran. A refusal that names no execution may be of an
 * earlier claim (`isOfOtherExecution` has compared all others), and an execution that claimed the attempt twice
 * may have started it in its other run.
 */
function provesNothingRan({ claim }: Job, { reportedBy }: Settlement): boolean {
  return reportedBy !== undefined && claim?.isRepeated !== true;
}

/** Step Functions ran the execution twice: the other run may have invoked the function. */
const refusedAfterDoubleRun = {
  kind: 'failed',
  code: 'dispatch-failed',
  detail:
    'The dispatcher had no capacity for the attempt, but another run of its execution may have started it',
} as const;

/**
 * Releases the attempt number even if the job has reached a limit meanwhile: then the job is due immediately,
 * and the reconciler ends it.
 */
function releaseDecision(job: Job, { now, reconcileAfterMs }: Settlement): Decision<SettleResult> {
  const pending = releaseAttempt(job, { now, nextCheckAt: now + reconcileAfterMs });
  const next = limitReached(pending, now) === undefined ? pending : { ...pending, nextCheckAt: now };
  return { next, result: { settled: 'released', job: next } };
}

/** The members of a job that belong to one attempt and are not kept for the next. */
const attemptMembers = [
  'claim',
  'dispatcherId',
  'log',
  'invocation',
  'progress',
  'reportedAt',
  'progressAt',
] as const;

function retryDecision(
  job: Job,
  failure: Failure,
  { now, retryAt, reconcileAfterMs }: { now: number; retryAt: number; reconcileAfterMs: number },
): Decision<SettleResult> {
  const { dispatcherId, log, invocation } = job;
  const attempt: EndedAttempt = {
    number: job.attempt,
    startedAt: job.startedAt ?? job.scheduledAt ?? now,
    finishedAt: now,
    failure,
    ...omitUndefined({ dispatcherId, log, invocation }),
  };
  const delaySeconds = Math.ceil((retryAt - now) / 1000);
  const startsNow = delaySeconds <= maxExecutionDelaySeconds;
  // The entry in `endedAttempts` is all that is kept of the attempt; the next one starts without its data.
  const next = transitionJob(omit(job, attemptMembers), 'retrying', {
    now,
    change: {
      nextAttemptAt: retryAt,
      starts: startsNow ? 1 : 0,
      endedAttempts: [...job.endedAttempts, attempt],
    },
    nextCheckAt: startsNow ? retryAt + reconcileAfterMs : retryAt,
  });
  const start = omitUndefined({ startDelaySeconds: startsNow ? delaySeconds : undefined });
  return { next, result: { settled: 'retrying', job: next, ...start } };
}

/**
 * The retry that the caller has to start now; undefined if there is none, or if the reconciler starts it.
 * Delay in seconds.
 */
export function startOfRetry(
  result: SettleResult,
): { readonly job: Job; readonly delaySeconds: number } | undefined {
  if (result.settled !== 'retrying' || result.startDelaySeconds === undefined) return undefined;
  return { job: result.job, delaySeconds: result.startDelaySeconds };
}

function endDecision(job: Job): Decision<SettleResult> {
  return { next: job, result: { settled: 'ended', job } };
}
