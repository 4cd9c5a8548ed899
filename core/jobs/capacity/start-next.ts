import type { QueuedJob } from '../../ports/capacity-queues.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Job } from '../job.ts';
import { touchJob } from '../move-job.ts';
import { endAtLimit } from '../settle-job.ts';
import { startAttempt } from '../start-attempt.ts';
import { limitReached, queuedSince } from '../time-limits.ts';
import { type Decision, updateJob } from '../update-job.ts';
import type { CapacityDeps } from './queue-job.ts';

export interface StartNextDeps extends CapacityDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
}

export interface StartNextInput {
  readonly target: string;
  /** At most so many are started. */
  readonly count: number;
  /** Milliseconds until a started job that nothing claimed is looked at. */
  readonly lookAfter: number;
}

/** How many of the queue are read at once: several who take turns at the same time find a job each. */
const window = 10;

/** Queue entries that one call may drop because their jobs no longer wait, beyond those that it starts. */
const maxDropped = 25;

/**
 * Starts the jobs whose turn is next, and returns how many: fewer than `count` when no more wait, or most that were queued
 * have ended meanwhile. Whoever dies in between leaves a job that is due for the reconciler, which queues it again.
 */
export async function startNext(deps: StartNextDeps, input: StartNextInput): Promise<number> {
  let started = 0;
  for (let tried = 0; started < input.count && tried < input.count + maxDropped; tried += 1) {
    const waiting = await deps.queues.next(input.target, window);
    if (waiting.length === 0) break;
    const taken = await takeFirst(deps, input.target, waiting);
    if (taken !== undefined && (await startQueued(deps, taken, input.lookAfter))) started += 1;
  }
  return started;
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
  lookAfter: number,
): Promise<boolean> {
  const job = await updateJob(deps.jobs, { tenant, jobId }, (found) =>
    decideStart(found, deps.clock.now(), lookAfter),
  );
  if (job === undefined) return false;
  await startAttempt(deps, job, { hasTurn: true });
  return true;
}

/** The job to start, if it still waits; one that may not begin any more ends, and its turn goes to the next. */
function decideStart(job: Job | undefined, now: number, lookAfter: number): Decision<Job | undefined> {
  if (job === undefined || (job.status !== 'pending' && job.status !== 'retrying'))
    return { answer: undefined };
  if (queuedSince(job) > now) return { answer: undefined };
  const limit = limitReached(job, now);
  if (limit !== undefined) return { next: endAtLimit(job, limit, now), answer: undefined };
  const next = touchJob(job, now, { starts: job.starts + 1, dueAt: now + lookAfter });
  return { next, answer: next };
}
