import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { StopReason } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Cascade, Job } from '../model/job.ts';
import { endAtLimit, type JobLimit } from '../model/settle-job.ts';
import { touchJob } from '../model/transition-job.ts';

export interface CheckInput {
  readonly now: number;
  /** Milliseconds until a job that is still alive is looked at again, and that an attempt may report late. */
  readonly reconcileAfterMs: number;
  readonly jitter: number;
}

/** What was found wrong with a job, and the job to start when a start is what it lacks. */
export interface Reconciliation {
  readonly cause:
    | 'none'
    | 'alive'
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
  /** The job whose work on other jobs is to be gone on with. */
  readonly cascade?: Job;
  /** A job that waits for capacity, to be queued for its turn. */
  readonly queue?: Job;
  readonly start?: { readonly job: Job; readonly delaySeconds: number };
  /** What Batch told of the end of the attempt, and nobody heard. */
  readonly batchJob?: BatchJob;
  /** An attempt that Batch is to stop, as the job was then, once it is written that nobody waits for it. */
  readonly stop?: { readonly job: Job; readonly reason: StopReason };
  /** A Batch job whose claim does not count any more; to be stopped. */
  readonly orphan?: BatchJob;
}

export const nothingToReconcile: Decision<Reconciliation> = { answer: { cause: 'none' } };

/** Ends a job that is past one of its limits. */
export function endOverdue(job: Job, code: JobLimit, check: CheckInput): Decision<Reconciliation> {
  return { next: endAtLimit(job, code, check.now), answer: { cause: code } };
}

/** Leaves a job as it is until the given moment, in milliseconds since 1970. */
export function postponeCheck(job: Job, nextCheckAt: number, check: CheckInput): Decision<Reconciliation> {
  return { next: touchJob(job, check.now, { nextCheckAt }), answer: { cause: 'alive' } };
}
