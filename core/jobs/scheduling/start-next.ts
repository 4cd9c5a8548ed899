import type { QueuedJob } from '../../ports/capacity-queues.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { endAtLimit } from '../model/settle-job.ts';
import { limitReached, queuedSince } from '../model/time-limits.ts';
import { touchJob } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import type { CapacityDeps } from './queue-job.ts';
import { startAttempt } from './start-attempt.ts';

export interface StartNextDeps extends CapacityDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
}

export interface StartNextInput {
  readonly target: string;
  /** At most so many are started. */
  readonly count: number;
  /** How long it may take. */
  readonly milliseconds: number;
  /** Milliseconds until a started job that nothing claimed is looked at. */
  readonly reconcileAfterMs: number;
}

/** How many of the queue are read at once: several who take turns at the same time find a job each. */
const window = 10;
/** The same once a job was found that no longer waits: whatever ended it may have ended those behind it, too. */
const clearingWindow = 50;
const parallel = 10;

export interface StartedNext {
  readonly started: number;
  /** No job was queued any more. */
  readonly isEmpty: boolean;
}

/**
 * Starts the jobs whose turn is next, and says how many: fewer than `count` when no more wait, or when its time is over. Jobs that
 * have ended are in the queue until then, and are passed over many at a time. Whoever dies in between leaves a job that is due for
 * the reconciler, which queues it again.
 */
export async function startNext(deps: StartNextDeps, input: StartNextInput): Promise<StartedNext> {
  const until = deps.clock.now() + input.milliseconds;
  let [started, isClearing] = [0, false];
  while (started < input.count && deps.clock.now() < until) {
    const found = await deps.queues.next(input.target, isClearing ? clearingWindow : window);
    if (found.length === 0) return { started, isEmpty: true };
    const waiting = isClearing ? await clear(deps, input.target, found) : found;
    const taken = await takeFirst(deps, input.target, waiting);
    if (taken === undefined) continue;
    const hasStarted = await startQueued(deps, taken, input.reconcileAfterMs);
    if (hasStarted) started += 1;
    isClearing = !hasStarted;
  }
  return { started, isEmpty: false };
}

/** Takes those out that no longer wait, and returns the others. */
async function clear(
  { jobs, queues }: StartNextDeps,
  target: string,
  queued: readonly QueuedJob[],
): Promise<readonly QueuedJob[]> {
  const areLeft = await inParallel(queued, parallel, async (one) => {
    const job = await jobs.get(one);
    if (job?.status === 'pending' || job?.status === 'retrying') return true;
    await queues.take(target, one);
    return false;
  });
  return queued.filter((_, index) => areLeft[index]);
}

async function takeFirst(
  { queues }: StartNextDeps,
  target: string,
  waiting: readonly QueuedJob[],
): Promise<QueuedJob | undefined> {
  for (const job of waiting) if (await queues.take(target, job)) return job;
  return undefined;
}

async function startQueued(
  deps: StartNextDeps,
  { tenant, jobId }: QueuedJob,
  reconcileAfterMs: number,
): Promise<boolean> {
  const job = await updateJob(deps.jobs, { tenant, jobId }, (found) =>
    decideStart(found, deps.clock.now(), reconcileAfterMs),
  );
  if (job === undefined) return false;
  await startAttempt(deps, job, { hasTurn: true });
  return true;
}

/** The job to start, if it still waits; one that may not begin any more ends, and its turn goes to the next. */
function decideStart(job: Job | undefined, now: number, reconcileAfterMs: number): Decision<Job | undefined> {
  if (job === undefined || (job.status !== 'pending' && job.status !== 'retrying'))
    return { answer: undefined };
  if (queuedSince(job) > now) return { answer: undefined };
  const limit = limitReached(job, now);
  if (limit !== undefined) return { next: endAtLimit(job, limit, now), answer: undefined };
  const next = touchJob(job, now, { starts: job.starts + 1, nextCheckAt: now + reconcileAfterMs });
  return { next, answer: next };
}
