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
  /** What is waited for; the end of the job when absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, to save the first look. */
  readonly known?: Job | undefined;
}

/** Undefined when there is no such job. */
export interface LongPolledJob {
  readonly job: Job | undefined;
  /** False when the call was not held as long as it wished, although what it waits for has not come. */
  readonly held: boolean;
}

/** Up to here a call is held without a lease: about as long as any other call takes when the service is busy. */
const freeMilliseconds = 100;

/**
 * Holds a call until its job has ended, or is what `until` wants, as long as the caller wishes and no more calls are held than
 * are allowed. With a `known` job, which is accepted already, it never throws: what goes wrong ends the hold.
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
  /** The next look that comes later than this needs a lease. */
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

/** False as soon as the lease is lost. */
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
