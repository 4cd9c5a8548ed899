import { isTerminal } from '../../contract/job-state.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import type { KnownDurations } from './known-durations.ts';
import { type ActiveLease, type LeaseDeps, takeLease } from './leases.ts';
import { type NextPause, pollIntervals } from './poll-intervals.ts';

export interface WaitForJobDeps extends LeaseDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly durations: Pick<KnownDurations, 'peek'>;
}

export interface Wait {
  readonly waitMs: number;
  /** The condition to wait for; the end of the job if absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, which saves the first read. */
  readonly known?: Job | undefined;
}

/** The result of a long poll; `job` is undefined if the job does not exist. */
export interface LongPolledJob {
  readonly job: Job | undefined;
  /** False if the call ended early, before its time was over and its condition met. */
  readonly waitedFully: boolean;
}

/** A call may wait so long without a lease: about as long as any other call takes under load. */
const leaseFreeMs = 100;

/**
 * Waits until the job has ended or meets `until`, for at most `waitMs`, and only while the limits
 * of waiting calls allow it. With a `known` job, which is already accepted, it never throws: an error ends
 * the wait.
 */
export async function waitForJob(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  try {
    return await pollWithLease(deps, key, wait);
  } catch (error) {
    if (wait.known === undefined) throw error;
    deps.log.warn('long-poll-failed', { ...key, error: asError(error) });
    return { job: wait.known, waitedFully: false };
  }
}

async function pollWithLease(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  const { waitMs, until = hasEnded } = wait;
  const startedAt = deps.clock.now();
  const deadline = startedAt + waitMs;
  const known = wait.known ?? (await deps.jobs.get(key));
  if (known === undefined || until(known) || deps.clock.now() >= deadline)
    return { job: known, waitedFully: true };
  const freeUntil = deps.refusals.isThrottled(key.tenant) ? startedAt : startedAt + leaseFreeMs;
  const poll: LongPoll = { until, deadline, freeUntil, nextPause: pausesFor(deps, known, startedAt) };
  try {
    return await readUntilChanged(deps, known, poll);
  } finally {
    await poll.lease?.release();
  }
}

function pausesFor({ durations }: WaitForJobDeps, job: Job, startedAt: number): NextPause {
  const { service, requestedAt } = job;
  const seconds = service && durations.peek(job.tenant, service.name);
  const usualEndAt = seconds === undefined ? undefined : requestedAt + seconds * 1000;
  return pollIntervals({ startedAt, requestedAt, usualEndAt });
}

interface LongPoll {
  readonly until: (job: Job) => boolean;
  readonly deadline: number;
  /** A read after this time needs a lease, in milliseconds since 1970. */
  readonly freeUntil: number;
  readonly nextPause: NextPause;
  lease?: ActiveLease | undefined;
}

async function readUntilChanged(deps: WaitForJobDeps, known: Job, poll: LongPoll): Promise<LongPolledJob> {
  const { until, deadline, freeUntil, nextPause } = poll;
  for (let job = known; ; ) {
    const now = deps.clock.now();
    const readAt = Math.min(now + nextPause(now), deadline);
    if (readAt > freeUntil) poll.lease ??= await takeLease(deps, job.tenant, deadline);
    if (readAt > freeUntil && poll.lease === undefined) return { job, waitedFully: false };
    const isAllowed = await sleepUntil(deps, readAt, poll.lease);
    const current = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
    if (current === undefined || until(current) || deps.clock.now() >= deadline)
      return { job: current, waitedFully: true };
    if (!isAllowed) return { job: current, waitedFully: false };
    job = current;
  }
}

/** Returns false as soon as the lease is lost. */
async function sleepUntil(
  { clock }: WaitForJobDeps,
  wakeAt: number,
  lease: ActiveLease | undefined,
): Promise<boolean> {
  while (lease !== undefined && lease.renewAt < wakeAt) {
    await clock.sleep(Math.max(0, lease.renewAt - clock.now()));
    if (!(await lease.renew())) return false;
  }
  await clock.sleep(Math.max(0, wakeAt - clock.now()));
  return true;
}

function hasEnded(job: Job): boolean {
  return isTerminal(job.status);
}
