import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/move-job.ts';
import { deadlineOf } from '../model/time-limits.ts';
import { decideWaiting } from '../relations/decide-waiting.ts';
import type { NeededJob } from '../relations/needed-jobs.ts';
import { endOverdue, type Look, type Repair } from './repair.ts';

/** The longest that a waiting job goes without a look at those that it needs: their ends may have woken nobody. */
const maxWaitMilliseconds = 300_000;

/** Lets a waiting job go on, or ends it, once those that it needs, as far as they are known, allow for nothing else. */
export function repairWaiting(
  job: Job,
  look: Look,
  needed: readonly NeededJob[] | undefined,
): Decision<Repair> {
  const deadline = deadlineOf(job);
  if (look.now >= deadline) return endOverdue(job, 'timeout', look);
  const next = needed === undefined ? undefined : decideWaiting(job, needed, look);
  if (next !== undefined && next.status !== 'waiting') {
    const start = next.status === 'pending' ? { start: { job: next, delaySeconds: 0 } } : {};
    return { next, answer: { cause: 'dependencies', ...start } };
  }
  const dueAt = Math.min(look.now + maxWaitMilliseconds, deadline);
  const told = next?.waitingReason ?? job.waitingReason;
  const waitingReason = told === undefined ? {} : { waitingReason: told };
  return { next: touchJob(job, look.now, { ...waitingReason, dueAt }), answer: { cause: 'alive' } };
}
