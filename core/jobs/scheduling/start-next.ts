import type { QueuedJob } from '../../ports/capacity-queues.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Decision } from '../model/decision.ts';
import { endAtLimit } from '../model/end-job.ts';
import type { Job } from '../model/job.ts';
import { awaitsAttemptSince, limitReached } from '../model/time-limits.ts';
import { withWrite } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import type { CapacityDeps } from './queue-job.ts';
import { startAttempt } from './start-attempt.ts';

export interface StartNextDeps extends CapacityDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

export interface StartNextInput {
  readonly target: string;
  /** Maximum number of jobs to start. */
  readonly count: number;
  /** Time budget of the call, in milliseconds. */
  readonly budgetMs: number;
}

/** Number of queue entries that are read together, so that concurrent callers each find a job. */
const pageSize = 10;
/** The same after an entry of an ended job: the entries behind it may belong to ended jobs, too. */
const skippingPageSize = 50;
const parallel = 10;

export interface StartedNext {
  readonly started: number;
  /** The queue is empty. */
  readonly isEmpty: boolean;
}

/**
 * Starts the next jobs of a queue and returns their number: fewer than `count` if the queue is empty or the
 * time is used up. Jobs that ended while they were queued are removed, up to 50 at a time. If the process dies in
 * between, the reconciler queues the job again when it is due.
 */
export async function startNext(deps: StartNextDeps, input: StartNextInput): Promise<StartedNext> {
  const budgetEndsAt = deps.clock.now() + input.budgetMs;
  let started = 0;
  let skipsEndedJobs = false;
  while (started < input.count && deps.clock.now() < budgetEndsAt) {
    const found = await deps.queues.next(input.target, skipsEndedJobs ? skippingPageSize : pageSize);
    if (found.length === 0) return { started, isEmpty: true };
    const stillQueued = skipsEndedJobs ? await removeEnded(deps, input.target, found) : found;
    const taken = await takeFirst(deps, input.target, stillQueued);
    if (taken === undefined) continue;
    const wasStarted = await startQueued(deps, taken);
    if (wasStarted) started += 1;
    skipsEndedJobs = !wasStarted;
  }
  return { started, isEmpty: false };
}

/** Removes the jobs that have started or ended from the queue, and returns the others. */
async function removeEnded(
  { jobs, queues }: StartNextDeps,
  target: string,
  queued: readonly QueuedJob[],
): Promise<readonly QueuedJob[]> {
  const stillQueued = await inParallel(queued, parallel, async (queuedJob) => {
    const job = await jobs.get(queuedJob);
    if (job?.status === 'pending' || job?.status === 'retrying') return true;
    await queues.take(target, queuedJob);
    return false;
  });
  return queued.filter((_, index) => stillQueued[index]);
}

async function takeFirst(
  { queues }: StartNextDeps,
  target: string,
  queued: readonly QueuedJob[],
): Promise<QueuedJob | undefined> {
  for (const job of queued) if (await queues.take(target, job)) return job;
  return undefined;
}

async function startQueued(deps: StartNextDeps, { tenant, jobId }: QueuedJob): Promise<boolean> {
  const job = await updateJob(deps.jobs, { tenant, jobId }, (found) =>
    decideQueuedStart(found, deps.clock.now(), deps.settings.reconcileAfterMs),
  );
  if (job === undefined) return false;
  await startAttempt(deps, job, { hasTurn: true });
  return true;
}

/**
 * The job to start if it has not started or ended yet. A job past a limit ends, and its turn goes to the next
 * job.
 */
function decideQueuedStart(
  job: Job | undefined,
  now: number,
  reconcileAfterMs: number,
): Decision<Job | undefined> {
  if (job === undefined || (job.status !== 'pending' && job.status !== 'retrying'))
    return { result: undefined };
  if (awaitsAttemptSince(job) > now) return { result: undefined };
  const limit = limitReached(job, now);
  if (limit !== undefined) return { next: endAtLimit(job, limit, now), result: undefined };
  const next = withWrite(job, now, { starts: job.starts + 1, nextCheckAt: now + reconcileAfterMs });
  return { next, result: next };
}
