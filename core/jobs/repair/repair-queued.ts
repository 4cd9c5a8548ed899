import type { Job } from '../job.ts';
import { touchJob } from '../move-job.ts';
import { limitReached, queuedSince } from '../time-limits.ts';
import type { Decision } from '../update-job.ts';
import { endOverdue, type Look, putOff, type Repair } from './repair.ts';

/** Starts a job that nothing has claimed once more, or ends it past its limits. */
export function repairQueued(job: Job, look: Look): Decision<Repair> {
  const since = queuedSince(job);
  if (look.now < since) return putOff(job, since, look);
  const limit = limitReached(job, look.now);
  if (limit !== undefined) return endOverdue(job, limit, look);
  const again = touchJob(job, look.now, {
    ...queued(job, look),
    starts: job.starts + 1,
    dueAt: look.now + look.lookAfter,
  });
  return { next: again, answer: { cause: 'not-started', start: { job: again, delaySeconds: 0 } } };
}

/** A retry that nobody has started yet enters the queue now, so its time there begins now. */
function queued({ starts, nextAttemptAt }: Job, { now }: Look): Pick<Job, 'nextAttemptAt'> {
  return starts === 0 && nextAttemptAt !== undefined ? { nextAttemptAt: now } : {};
}
