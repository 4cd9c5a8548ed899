import { type BatchLookup, submissionDeadlineOf } from '../batch/look-up-on-batch.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import {
  batchLimits,
  endUnknown,
  leaveToBatch,
  reconcileByLookup,
  withReportedLog,
  withStop,
} from './reconcile-on-batch.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { endAtHeartbeatDeadline, settleFailed } from './settle-failed.ts';

/**
 * Reconciles an attempt that runs on Batch. Batch enforces time limits on a best-effort basis, so an attempt
 * that still runs after its limit is ended here with a timeout. An attempt past its heartbeat deadline, or that
 * Batch no longer has, is lost. Batch is requested to stop these attempts.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export function reconcileBatchRunning(
  found: Job,
  check: CheckInput,
  lookup: BatchLookup,
): Decision<Reconciliation> {
  const job = withReportedLog(found, lookup);
  const { deadline, heartbeatDeadline = deadline, overdueAt = deadline } = batchLimits(job, check);
  if (lookup.kind === 'submission-pending') return postponeCheck(job, submissionDeadlineOf(job), check);
  const byLookup = reconcileByLookup(job, check, lookup);
  if (byLookup !== undefined) return byLookup;
  if (check.now >= deadline) return withStop(endOverdue(job, 'timeout', check), job, stopReasons.timeout);
  if (lookup.kind === 'unknown') return endUnknown(job, check);
  if (check.now >= heartbeatDeadline)
    return withStop(endAtHeartbeatDeadline(job, check), job, stopReasons.lost);
  if (check.now >= overdueAt) return failAtAttemptLimit(job, check);
  return leaveToBatch(job, check, lookup);
}

function failAtAttemptLimit(job: Job, check: CheckInput): Decision<Reconciliation> {
  const detail = `The attempt ran longer than its limit of ${job.limits.attemptTimeoutSeconds} s`;
  return withStop(settleFailed(job, { code: 'timeout', detail }, check), job, stopReasons.timeout);
}
