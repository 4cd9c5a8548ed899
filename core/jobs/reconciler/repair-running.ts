import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { settleJob } from '../model/settle-job.ts';
import { deadlineOf, silenceEndsAt } from '../model/time-limits.ts';
import { endOverdue, type Look, nothingToRepair, putOff, type Repair } from './repair.ts';

/**
 * How late a report may be, in looks: 15 minutes, three of the longest pauses of Lambda between two tries. One that comes into
 * another shortage at two of its tries still counts.
 */
const queuedReportLooks = 15;

/** An attempt past its own limit, or silent for too long, is lost and may be tried again; past the job's limit the job ends. */
export function repairRunning(job: Job, look: Look): Decision<Repair> {
  const attemptEnds = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000;
  // The report of an attempt that has ended may be in the queue of settle, behind calls that were throttled.
  const lostAt = attemptEnds + queuedReportLooks * look.lookAfter;
  const silentAt = silenceEndsAt(job) ?? Number.POSITIVE_INFINITY;
  if (look.now >= deadlineOf(job)) return endOverdue(job, 'timeout', look);
  if (look.now >= silentAt) return endLost(job, tellSilence(job), look);
  if (look.now < lostAt) return putOff(job, Math.min(lostAt, silentAt, deadlineOf(job)), look);
  return endLost(job, 'Nothing was heard of the attempt beyond its time limit', look);
}

function tellSilence({ limits }: Job): string {
  return `The attempt reported nothing for ${limits.heartbeatSeconds} s`;
}

/** Ends an attempt that nobody will report of; the job goes on if its policy lets it. */
function endLost(job: Job, detail: string, look: Look): Decision<Repair> {
  const { next, answer } = settleJob(job, {
    attempt: job.attempt,
    outcome: { kind: 'failed', code: 'lost', detail },
    now: look.now,
    jitter: look.jitter,
    lookAfter: look.lookAfter,
  });
  if (next === undefined) return nothingToRepair;
  if (answer.settled !== 'retrying' || answer.startDelaySeconds === undefined)
    return { next, answer: { cause: 'lost' } };
  return { next, answer: { cause: 'lost', start: { job: next, delaySeconds: answer.startDelaySeconds } } };
}
