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
 * How late a report may be, in looks: 15 minutes, three of the longest pauses of Lambda between two tries. One that comes into
 * another shortage at two of its tries still counts.
 */
const queuedReportChecks = 15;

/** An attempt past its own limit, or silent for too long, is lost and may be tried again; past the job's limit the job ends. */
export function reconcileRunning(job: Job, check: CheckInput): Decision<Reconciliation> {
  const attemptEnds = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000;
  // The report of an attempt that has ended may be in the queue of settle, behind calls that were throttled.
  const lostAt = attemptEnds + queuedReportChecks * check.reconcileAfterMs;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  if (check.now >= deadlineOf(job)) return endOverdue(job, 'timeout', check);
  if (check.now >= silentAt) return endLost(job, describeSilence(job), check);
  if (check.now < lostAt) return postponeCheck(job, Math.min(lostAt, silentAt, deadlineOf(job)), check);
  return endLost(job, 'Nothing was heard of the attempt beyond its time limit', check);
}

function describeSilence({ limits }: Job): string {
  return `The attempt reported nothing for ${limits.heartbeatSeconds} s`;
}

/** Ends an attempt that nobody will report of; the job goes on if its policy lets it. */
function endLost(job: Job, detail: string, check: CheckInput): Decision<Reconciliation> {
  const { next, answer } = settleJob(job, {
    attempt: job.attempt,
    outcome: { kind: 'failed', code: 'lost', detail },
    now: check.now,
    jitter: check.jitter,
    reconcileAfterMs: check.reconcileAfterMs,
  });
  if (next === undefined) return nothingToReconcile;
  if (answer.settled !== 'retrying' || answer.startDelaySeconds === undefined)
    return { next, answer: { cause: 'lost' } };
  return { next, answer: { cause: 'lost', start: { job: next, delaySeconds: answer.startDelaySeconds } } };
}
