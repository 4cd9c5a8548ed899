import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { settleJob } from '../model/settle-job.ts';
import { deadlineOf, silenceEndsAt } from '../model/time-limits.ts';
import {
  type CheckInput,
  endOverdue,
  nothingToReconcile,
  postponeCheck,
  type Reconciliation,
} from './reconciliation.ts';

/**
 * How late a report may be, in reconciliation intervals: 15 minutes, three times Lambda's longest pause
 * between two tries. A report that is throttled at two of its tries still counts.
 */
const queuedReportChecks = 15;

/**
 * An attempt past its limit, or without reports for too long, is lost and may be retried; past its limit the
 * job ends.
 */
export function reconcileRunning(job: Job, check: CheckInput): Decision<Reconciliation> {
  const attemptEnds = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000;
  // The report of an ended attempt may be in the queue of the settle function, behind throttled calls.
  const lostAt = attemptEnds + queuedReportChecks * check.reconcileAfterMs;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  if (check.now >= deadlineOf(job)) return endOverdue(job, 'timeout', check);
  if (check.now >= silentAt) return endLost(job, describeSilence(job), check);
  if (check.now < lostAt) return postponeCheck(job, Math.min(lostAt, silentAt, deadlineOf(job)), check);
  return endLost(job, 'No report of the attempt was received after its time limit', check);
}

function describeSilence({ limits }: Job): string {
  return `The attempt reported nothing for ${limits.heartbeatSeconds} s`;
}

/** Ends an attempt of which no report is expected any more; the job is retried if its policy allows it. */
function endLost(job: Job, detail: string, check: CheckInput): Decision<Reconciliation> {
  const { next, result } = settleJob(job, {
    attempt: job.attempt,
    outcome: { kind: 'failed', code: 'lost', detail },
    now: check.now,
    jitter: check.jitter,
    reconcileAfterMs: check.reconcileAfterMs,
  });
  if (next === undefined) return nothingToReconcile;
  if (result.settled !== 'retrying' || result.startDelaySeconds === undefined)
    return { next, result: { cause: 'lost' } };
  return { next, result: { cause: 'lost', start: { job: next, delaySeconds: result.startDelaySeconds } } };
}
