import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type BatchLookup, submissionDeadlineOf, submissionTimeoutMs } from '../batch/look-up-on-batch.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import {
  batchLimits,
  endUnknown,
  leaveToBatch,
  reconcileByLookup,
  withReportedLog,
  withStop,
} from './reconcile-on-batch.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { settleFailed } from './settle-failed.ts';

/**
 * Reconciles an attempt that waits on Batch. After its queue limit it fails for lack of capacity. If Batch
 * does not have it, it is submitted again; if Batch had it and no longer knows it, it is lost. The job of an
 * attempt that already runs on Batch becomes `executing`.
 */
export function reconcileScheduled(
  found: Job,
  check: CheckInput,
  lookup: BatchLookup,
): Decision<Reconciliation> {
  const job = withReportedLog(found, lookup);
  const { deadline, queueDeadline = deadline } = batchLimits(job, check);
  if (lookup.kind === 'submission-pending')
    return postponeCheck(job, Math.min(submissionDeadlineOf(job), deadline), check);
  const byLookup = reconcileByLookup(job, check, lookup);
  if (byLookup !== undefined) return byLookup;
  if (check.now >= deadline) return withStop(endOverdue(job, 'timeout', check), job, stopReasons.timeout);
  const hasStarted = lookup.kind === 'found' && lookup.batchJob.status === 'RUNNING';
  if (!hasStarted && check.now >= queueDeadline) return endWithoutCapacity(job, check);
  return lookup.kind === 'unknown'
    ? reconcileUnknown(job, check, lookup.orphan)
    : leaveToBatch(job, check, lookup);
}

function endWithoutCapacity(job: Job, check: CheckInput): Decision<Reconciliation> {
  const why = job.waitingReason === undefined ? '' : `: ${job.waitingReason.detail}`;
  const detail = `AWS Batch did not start the attempt within its queue time limit${why}`;
  return withStop(settleFailed(job, { code: 'capacity', detail }, check), job, stopReasons.queueTimeout);
}

function reconcileUnknown(
  job: Job,
  check: CheckInput,
  orphan: BatchJob | undefined,
): Decision<Reconciliation> {
  if (job.dispatcherId !== undefined) return endUnknown(job, check);
  // The previous claim may not submit it any more, and its worker may not report: the next execution makes a
  // new claim.
  const nextCheckAt = Math.min(check.now + submissionTimeoutMs, batchLimits(job, check).earliestLimit);
  const restarted = withWrite(omit(job, ['claim']), check.now, { starts: job.starts + 1, nextCheckAt });
  const start = { job: restarted, delaySeconds: 0 };
  return {
    next: restarted,
    result: { cause: 'not-submitted', start, ...omitUndefined({ orphan }) },
  };
}
