import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf, heartbeatDeadlineOf } from '../model/time-limits.ts';
import { type CheckInput, endOverdue, postponeCheck, type Reconciliation } from './reconciliation.ts';
import { endAtHeartbeatDeadline, settleFailed } from './settle-failed.ts';

/**
 * The longest delay of a report that still counts, in check intervals: 15 minutes by default, three times
 * Lambda's longest pause between two tries, so that two tries may be throttled.
 */
const maxReportDelayChecks = 15;

/**
 * Reconciles an attempt that runs on Lambda. An attempt past its limit or its heartbeat deadline is lost and may
 * be retried. A job past its own limit ends.
 */
export function reconcileRunning(job: Job, check: CheckInput): Decision<Reconciliation> {
  const attemptEnds = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000;
  // The report of an ended attempt may be in Lambda's queue of asynchronous calls of settle, if these calls are
  // throttled (the states `Settle...Later`).
  const lostAt = attemptEnds + maxReportDelayChecks * check.reconcileAfterMs;
  const heartbeatDeadline = heartbeatDeadlineOf(job) ?? Number.POSITIVE_INFINITY;
  if (check.now >= deadlineOf(job)) return endOverdue(job, 'timeout', check);
  if (check.now >= heartbeatDeadline) return endAtHeartbeatDeadline(job, check);
  if (check.now < lostAt)
    return postponeCheck(job, Math.min(lostAt, heartbeatDeadline, deadlineOf(job)), check);
  const detail = 'No report of the attempt was received after its time limit';
  return settleFailed(job, { code: 'lost', detail }, check);
}
