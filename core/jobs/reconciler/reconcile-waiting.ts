import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf } from '../model/time-limits.ts';
import { withWrite } from '../model/transition-job.ts';
import { decideWaiting } from '../relations/decide-waiting.ts';
import type { Dependency } from '../relations/read-dependencies.ts';
import { type CheckInput, endOverdue, type Reconciliation } from './reconciliation.ts';

/**
 * The longest time between two checks of the dependencies of a waiting job: the events of their ends may be
 * lost.
 */
const maxWaitMs = 300_000;

/**
 * Makes a waiting job pending, or ends it, as soon as its dependencies decide that. If they could not be read,
 * only the time limit of the job applies.
 */
export function reconcileWaiting(
  job: Job,
  check: CheckInput,
  dependencies: readonly Dependency[] | undefined,
): Decision<Reconciliation> {
  const deadline = deadlineOf(job);
  if (check.now >= deadline) return endOverdue(job, 'timeout', check);
  const next = dependencies === undefined ? undefined : decideWaiting(job, dependencies, check);
  if (next !== undefined && next.status !== 'waiting') {
    const start = next.status === 'pending' ? { start: { job: next, delaySeconds: 0 } } : {};
    return { next, result: { cause: 'dependencies', ...start } };
  }
  const nextCheckAt = Math.min(check.now + maxWaitMs, deadline);
  const waitingReason = next?.waitingReason ?? job.waitingReason;
  return {
    next: withWrite(job, check.now, { ...omitUndefined({ waitingReason }), nextCheckAt }),
    result: { cause: 'postponed' },
  };
}
