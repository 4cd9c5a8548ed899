import { isTerminal } from '../../contract/job-state.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import type { DurationCache } from './duration-cache.ts';
import { type ActiveLease, type LeaseDeps, takeLease } from './leases.ts';
import { type NextPause, pollIntervals } from './poll-intervals.ts';
import { leaseFreeMs, sleepUntil } from './sleep-until.ts';

export interface WaitForJobDeps extends LeaseDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly durations: Pick<DurationCache, 'cachedOrPrefetch'>;
}

export interface Wait {
  readonly waitMs: number;
  /** The condition to wait for; the end of the job if absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, which saves the first read. */
  readonly current?: Job | undefined;
}

/** The result of a long poll; `job` is undefined if the job does not exist. */
export interface LongPolledJob {
  readonly job: Job | undefined;
  /** False if the wait was cut short: its condition was not met and its time was not over. */
  readonly waitedFully: boolean;
}

/**
 * Waits until the job has ended, or with `until` until the job meets this condition instead. Waits for at
 * most `waitMs`, and only while the limits of long polls allow it. With a `current` job, which is already
 * accepted, it never throws: an error ends the wait.
 */
export async function waitForJob(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  try {
    return await pollWithLease(deps, key, wait);
  } catch (error) {
    if (wait.current === undefined) throw error;
    deps.log.warn('long-poll-failed', { ...key, error: asError(error) });
    return { job: wait.current, waitedFully: false };
  }
}

async function pollWithLease(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  const { waitMs, until = hasEnded } = wait;
  const startedAt = deps.clock.now();
  const budgetEndsAt = startedAt + waitMs;
  const current = wait.current ?? (await deps.jobs.get(key));
  if (current === undefined || until(current) || deps.clock.now() >= budgetEndsAt)
    return { job: current, waitedFully: true };
  const freeUntil = deps.refusals.isThrottled(key.tenant) ? startedAt : startedAt + leaseFreeMs;
  const poll: LongPoll = { until, budgetEndsAt, freeUntil, nextPause: pausesFor(deps, current, startedAt) };
  try {
    return await readUntilChanged(deps, current, poll);
  } finally {
    await poll.lease?.release();
  }
}

function pausesFor({ durations }: WaitForJobDeps, job: Job, startedAt: number): NextPause {
  const { service, requestedAt } = job;
  const seconds = service && durations.cachedOrPrefetch(job.tenant, service.name);
  const typicalEndAt = seconds === undefined ? undefined : requestedAt + seconds * 1000;
  return pollIntervals({ startedAt, requestedAt, typicalEndAt });
}

interface LongPoll {
  readonly until: (job: Job) => boolean;
  readonly budgetEndsAt: number;
  /** A read after this time needs a lease, in epoch milliseconds. */
  readonly freeUntil: number;
  readonly nextPause: NextPause;
  lease?: ActiveLease | undefined;
}

async function readUntilChanged(deps: WaitForJobDeps, first: Job, poll: LongPoll): Promise<LongPolledJob> {
  const { until, budgetEndsAt, freeUntil, nextPause } = poll;
  for (let job = first; ; ) {
    const now = deps.clock.now();
    const readAt = Math.min(now + nextPause(now), budgetEndsAt);
    if (readAt > freeUntil) poll.lease ??= await takeLease(deps, job.tenant, budgetEndsAt);
    if (readAt > freeUntil && poll.lease === undefined) return { job, waitedFully: false };
    const isAllowed = await sleepUntil(deps, readAt, poll.lease);
    const current = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
    if (current === undefined || until(current) || deps.clock.now() >= budgetEndsAt)
      return { job: current, waitedFully: true };
    if (!isAllowed) return { job: current, waitedFully: false };
    job = current;
  }
}

function hasEnded(job: Job): boolean {
  return isTerminal(job.status);
}
