import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/move-job.ts';
import { deadlineOf, limitReached, queuedSince } from '../model/time-limits.ts';
import { endOverdue, type Look, putOff, type Repair } from './repair.ts';

/** Milliseconds: as long as a turn may be lost with the process that took it. */
const longestPause = 300_000;

/** Starts a job that nothing has claimed once more, or ends it past its limits. */
export function repairQueued(job: Job, look: Look): Decision<Repair> {
  const since = queuedSince(job);
  if (look.now < since) return putOff(job, since, look);
  const limit = limitReached(job, look.now);
  if (limit !== undefined) return endOverdue(job, limit, look);
  return job.waitingReason?.code === 'capacity' ? queueAgain(job, look) : startAgain(job, look);
}

/** Starts a job that nothing has claimed once more. */
export function startAgain(job: Job, look: Look): Decision<Repair> {
  const again = touchJob(job, look.now, {
    ...queued(job, look),
    starts: job.starts + 1,
    dueAt: look.now + look.lookAfter,
  });
  return { next: again, answer: { cause: 'not-started', start: { job: again, delaySeconds: 0 } } };
}

/**
 * A job that waits for its turn is queued once more, in case its entry was lost. Its turn comes by itself, so the pause until the
 * next look grows with the time that it has waited.
 */
function queueAgain(job: Job, look: Look): Decision<Repair> {
  const since = queuedSince(job);
  const pause = Math.max(look.lookAfter, Math.min(Math.round((look.now - since) / 2), longestPause));
  const limit = Math.min(since + job.limits.queueTimeoutSeconds * 1000, deadlineOf(job));
  const next = touchJob(job, look.now, { dueAt: Math.min(look.now + pause, limit) });
  return { next, answer: { cause: 'queued', queue: next } };
}

/** A retry that nobody has started yet enters the queue now, so its time there begins now. */
function queued({ starts, nextAttemptAt }: Job, { now }: Look): Pick<Job, 'nextAttemptAt'> {
  return starts === 0 && nextAttemptAt !== undefined ? { nextAttemptAt: now } : {};
}
