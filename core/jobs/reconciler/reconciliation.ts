import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { StopReason } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import { endAtLimit, type JobLimit } from '../model/end-job.ts';
import type { Cascade, Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';

export interface CheckInput {
  readonly now: number;
  /**
   * The check interval: a job that needs no change is checked again after it. The report of an attempt's end
   * may be late by one interval on AWS Batch (`batchLimits`) and by 15 on Lambda (`maxReportDelayChecks`).
   */
  readonly reconcileAfterMs: number;
  readonly jitter: number;
}

/** Why a job needed a change, and what to do after the change is written. */
export interface Reconciliation {
  readonly cause:
    | 'none'
    | 'postponed'
    | 'not-started'
    | 'queue-timeout'
    | 'timeout'
    | 'lost'
    | 'aborting'
    | 'dependencies'
    | Cascade['kind']
    | 'draft-expired'
    | 'capacity'
    | 'queued'
    | 'not-submitted'
    | 'event-lost';
  /** The job whose work on other jobs is to be continued. */
  readonly cascade?: Job;
  /** A job that waits for capacity and is to be queued. */
  readonly queue?: Job;
  readonly start?: { readonly job: Job; readonly delaySeconds: number };
  /** The end of the attempt on Batch, which no event reported. */
  readonly batchJob?: BatchJob;
  /**
   * An attempt that Batch is to stop, with the job at that time, after the write that makes the attempt
   * obsolete.
   */
  readonly stop?: { readonly job: Job; readonly reason: StopReason };
  /** A Batch job of an obsolete claim, which is to be stopped. */
  readonly orphan?: BatchJob;
}

export const nothingToReconcile: Decision<Reconciliation> = { result: { cause: 'none' } };

/** Ends a job that is past one of its limits. */
export function endOverdue(job: Job, code: JobLimit, check: CheckInput): Decision<Reconciliation> {
  return { next: endAtLimit(job, code, check.now), result: { cause: code } };
}

/** Leaves a job unchanged until the given time, in epoch milliseconds. */
export function postponeCheck(job: Job, nextCheckAt: number, check: CheckInput): Decision<Reconciliation> {
  return { next: withWrite(job, check.now, { nextCheckAt }), result: { cause: 'postponed' } };
}
