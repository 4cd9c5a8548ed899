import { isTerminal } from '../contract/job-state.ts';
import type { Job } from './job.ts';
import { touchJob } from './move-job.ts';
import { endAborted, endWithFailure, settleJob } from './settle-job.ts';
import { deadlineOf, queuedSince } from './time-limits.ts';
import type { Decision } from './update-job.ts';

export interface Look {
  readonly now: number;
  /** Milliseconds until a job that is still alive is looked at again, and that an attempt may report late. */
  readonly lookAfter: number;
  readonly jitter: number;
}

/** What was found wrong with a job, and the job to start when a start is what it lacks. */
export interface Repair {
  readonly cause: 'none' | 'alive' | 'not-started' | 'queue-timeout' | 'timeout' | 'lost' | 'aborting';
  readonly start?: { readonly job: Job; readonly delaySeconds: number };
}

const none: Decision<Repair> = { answer: { cause: 'none' } };

/**
 * Decides what a due job needs. Every branch either ends the job, starts its next attempt, or moves `dueAt`
 * forward to a moment at which the next branch will be true: so every job ends.
 */
export function repairJob(job: Job | undefined, look: Look): Decision<Repair> {
  if (job === undefined || isTerminal(job.status) || job.dueAt === undefined || job.dueAt > look.now)
    return none;
  switch (job.status) {
    case 'pending':
    case 'retrying':
      return repairQueued(job, look);
    case 'scheduled':
    case 'executing':
      return repairRunning(job, look);
    case 'aborting':
      return repairAborting(job, look);
    default:
      return putOff(job, look.now + look.lookAfter, look);
  }
}

function repairQueued(job: Job, look: Look): Decision<Repair> {
  const since = queuedSince(job);
  if (look.now < since) return putOff(job, since, look);
  if (look.now >= deadlineOf(job)) return end(job, 'timeout', look);
  if (look.now >= since + job.limits.queueTimeoutSeconds * 1000) return end(job, 'queue-timeout', look);
  const again = touchJob(job, look.now, { starts: job.starts + 1, dueAt: look.now + look.lookAfter });
  return { next: again, answer: { cause: 'not-started', start: { job: again, delaySeconds: 0 } } };
}

/** An attempt past its own limit is lost and may be tried again; past the job's limit the job ends. */
function repairRunning(job: Job, look: Look): Decision<Repair> {
  const attemptEnds = (job.startedAt ?? job.updatedAt) + job.limits.attemptTimeoutSeconds * 1000;
  // An execution that is over its time may still be about to report.
  const lostAt = attemptEnds + look.lookAfter;
  if (look.now >= deadlineOf(job)) return end(job, 'timeout', look);
  if (look.now < lostAt) return putOff(job, Math.min(lostAt, deadlineOf(job)), look);
  const { next, answer } = settleJob(job, {
    attempt: job.attempt,
    outcome: {
      kind: 'failed',
      code: 'lost',
      detail: 'Nothing was heard of the attempt beyond its time limit',
    },
    now: look.now,
    jitter: look.jitter,
    lookAfter: look.lookAfter,
  });
  if (next === undefined) return none;
  if (answer.settled !== 'retrying' || answer.startDelaySeconds === undefined)
    return { next, answer: { cause: 'lost' } };
  return { next, answer: { cause: 'lost', start: { job: next, delaySeconds: answer.startDelaySeconds } } };
}

function repairAborting(job: Job, look: Look): Decision<Repair> {
  return { next: endAborted(job, look.now), answer: { cause: 'aborting' } };
}

const details = {
  timeout: 'The job reached its time limit',
  'queue-timeout': 'No attempt could be started within the time limit of the queue',
} as const;

function end(job: Job, code: keyof typeof details, look: Look): Decision<Repair> {
  const failure = { code, detail: details[code], retryable: false, attempt: job.attempt };
  return { next: endWithFailure(job, failure, look.now), answer: { cause: code } };
}

function putOff(job: Job, dueAt: number, look: Look): Decision<Repair> {
  return { next: touchJob(job, look.now, { dueAt }), answer: { cause: 'alive' } };
}
