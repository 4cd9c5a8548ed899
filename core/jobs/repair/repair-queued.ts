import type { Job } from '../job.ts';
import { touchJob } from '../move-job.ts';
import { deadlineOf, queuedSince } from '../time-limits.ts';
import type { Decision } from '../update-job.ts';
import { endOverdue, type Look, putOff, type Repair } from './repair.ts';

/** Starts a job that nothing has claimed once more, or ends it past its limits. */
export function repairQueued(job: Job, look: Look): Decision<Repair> {
  const since = queuedSince(job);
  if (look.now < since) return putOff(job, since, look);
  if (look.now >= deadlineOf(job)) return endOverdue(job, 'timeout', look);
  if (look.now >= since + job.limits.queueTimeoutSeconds * 1000)
    return endOverdue(job, 'queue-timeout', look);
  const again = touchJob(job, look.now, { starts: job.starts + 1, dueAt: look.now + look.lookAfter });
  return { next: again, answer: { cause: 'not-started', start: { job: again, delaySeconds: 0 } } };
}
