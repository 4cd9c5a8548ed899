import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { isOnBatch } from '../model/is-on-batch.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf } from '../model/time-limits.ts';
import { logIfRedacted } from '../records/redact-aws-identifiers.ts';
import { isBatchJobOf } from './batch-job-of.ts';
import { hasEndedOnBatch } from './decide-batch-event.ts';
import { type FindBatchJobDeps, findBatchJob } from './find-batch-job.ts';

export interface LookUpOnBatchDeps extends FindBatchJobDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The result of a lookup of an attempt on Batch. `submission-pending`: its submission may still be in progress, so Batch
 * was not queried. `unreachable`: the query failed. `unknown`: Batch has no job for the attempt, but perhaps
 * an `orphan` of an earlier claim.
 */
export type BatchLookup =
  | { readonly kind: 'submission-pending' | 'unreachable' }
  | { readonly kind: 'unknown'; readonly orphan?: BatchJob }
  | { readonly kind: 'found'; readonly batchJob: BatchJob };

/** How long after its claim an attempt may be without a known Batch job. */
export const submissionTimeoutMs = 120_000;

/** When an attempt must have been submitted, in epoch milliseconds. */
export function submissionDeadlineOf(job: Job): number {
  return (job.scheduledAt ?? job.updatedAt) + submissionTimeoutMs;
}

/** Looks up a due attempt that Batch has or should have; undefined for all other jobs. */
export async function lookUpOnBatch(deps: LookUpOnBatchDeps, job: Job): Promise<BatchLookup | undefined> {
  const now = deps.clock.now();
  if ((job.status !== 'scheduled' && job.status !== 'executing') || !isOnBatch(job)) return undefined;
  if (job.nextCheckAt === undefined || job.nextCheckAt > now) return undefined;
  const isSubmissionPending = now < Math.min(submissionDeadlineOf(job), deadlineOf(job));
  if (job.dispatcherId === undefined && isSubmissionPending) return { kind: 'submission-pending' };
  try {
    const found = await findBatchJob(deps, job);
    if (found === undefined) return { kind: 'unknown' };
    // The texts of an ended Batch job are logged where its end is applied.
    if (!hasEndedOnBatch(found)) logIfRedacted(deps.log, { jobId: job.id }, [found.statusReason]);
    return isBatchJobOf(job, found) ? { kind: 'found', batchJob: found } : { kind: 'unknown', orphan: found };
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('batch-unreachable', { jobId: job.id, error: cause });
    return { kind: 'unreachable' };
  }
}
