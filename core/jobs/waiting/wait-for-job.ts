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
  readonly waitMilliseconds: number;
  /** The condition to wait for; the end of the job if absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, which saves the first read. */
  readonly known?: Job | undefined;
}

/** The result of a long poll; `job` is undefined if the job does not exist. */
export interface LongPolledJob {
  readonly job: Job | undefined;
  /** False if the call ended early, before its time was over and its condition met. */
  readonly held: boolean;
}

/** A call may wait so long without a lease: about as long as any other call takes under load. */
const freeMilliseconds = 100;

/**
 * Waits until the job has ended or meets `until`, for at most `waitMilliseconds`, and only while the limits
 * of waiting calls allow it. With a `known` job, which is already accepted, it never throws: an error ends
 * the wait.
 */
export async function waitForJob(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  try {
    return await pollWithLease(deps, key, wait);
  } catch (error) {
    if (wait.known === undefined) throw error;
    deps.log.warn('hold-broken', { ...key, error: asError(error) });
    return { job: wait.known, held: false };
  }
}

async function pollWithLease(deps: WaitForJobDeps, key: JobKey, wait: Wait): Promise<LongPolledJob> {
  const { waitMilliseconds, until = hasEnded } = wait;
  const started = deps.clock.now();
  const deadline = started + waitMilliseconds;
  const known = wait.known ?? (await deps.jobs.get(key));
  if (known === undefined || until(known) || deps.clock.now() >= deadline) return { job: known, held: true };
  const freeUntil = deps.refusals.areMany(key.tenant) ? started : started + freeMilliseconds;
  const poll: LongPoll = { until, deadline, freeUntil, nextPause: pausesFor(deps, known, started) };
  try {
    return await readUntilChanged(deps, known, poll);
  } finally {
    await poll.lease?.release();
  }
}

function pausesFor({ durations }: WaitForJobDeps, job: Job, started: number): NextPause {
  const { service, requestedAt } = job;
  const seconds = service && durations.peek(job.tenant, service.name);
  const usualEnd = seconds === undefined ? undefined : requestedAt + seconds * 1000;
  return pollIntervals({ started: started, requestedAt, usualEnd });
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
    const readJob = Math.min(now + nextPause(now), deadline);
    if (readJob > freeUntil) poll.lease ??= await takeLease(deps, job.tenant, deadline);
    if (readJob > freeUntil && poll.lease === undefined) return { job, held: false };
    const isAllowed = await sleepUntil(deps, readJob, poll.lease);
    const seen = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
    if (seen === undefined || until(seen) || deps.clock.now() >= deadline) return { job: seen, held: true };
    if (!isAllowed) return { job: seen, held: false };
    job = seen;
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
