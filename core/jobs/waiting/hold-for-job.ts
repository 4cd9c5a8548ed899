import { isTerminal } from '../../contract/job-state.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import type { KnownDurations } from './known-durations.ts';
import { type HeldLease, type LeaseDeps, takeLease } from './leases.ts';
import { lookPauses, type NextPause } from './look-pauses.ts';

export interface HoldDeps extends LeaseDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly durations: Pick<KnownDurations, 'glance'>;
}

export interface Wait {
  readonly waitMilliseconds: number;
  /** What is waited for; the end of the job when absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, to save the first look. */
  readonly known?: Job | undefined;
}

/** Undefined when there is no such job. */
export interface HeldJob {
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
export async function holdForJob(deps: HoldDeps, key: JobKey, wait: Wait): Promise<HeldJob> {
  try {
    return await hold(deps, key, wait);
  } catch (error) {
    if (wait.known === undefined) throw error;
    deps.log.warn('hold-broken', { ...key, error: asError(error) });
    return { job: wait.known, held: false };
  }
}

async function hold(deps: HoldDeps, key: JobKey, wait: Wait): Promise<HeldJob> {
  const { waitMilliseconds, until = hasEnded } = wait;
  const begun = deps.clock.now();
  const deadline = begun + waitMilliseconds;
  const known = wait.known ?? (await deps.jobs.get(key));
  if (known === undefined || until(known) || deps.clock.now() >= deadline) return { job: known, held: true };
  const freeUntil = deps.refusals.areMany(key.tenant) ? begun : begun + freeMilliseconds;
  const holding: Holding = { until, deadline, freeUntil, nextPause: pausesFor(deps, known, begun) };
  try {
    return await look(deps, known, holding);
  } finally {
    await holding.lease?.release();
  }
}

function pausesFor({ durations }: HoldDeps, job: Job, begun: number): NextPause {
  const { service, requestedAt } = job;
  const seconds = service && durations.glance(job.tenant, service.name);
  const usualEnd = seconds === undefined ? undefined : requestedAt + seconds * 1000;
  return lookPauses({ begun, requestedAt, usualEnd });
}

interface Holding {
  readonly until: (job: Job) => boolean;
  readonly deadline: number;
  /** The next look that comes later than this needs a lease. */
  readonly freeUntil: number;
  readonly nextPause: NextPause;
  lease?: HeldLease | undefined;
}

async function look(deps: HoldDeps, known: Job, holding: Holding): Promise<HeldJob> {
  const { until, deadline, freeUntil, nextPause } = holding;
  for (let job = known; ; ) {
    const now = deps.clock.now();
    const lookAt = Math.min(now + nextPause(now), deadline);
    if (lookAt > freeUntil) holding.lease ??= await takeLease(deps, job.tenant, deadline);
    if (lookAt > freeUntil && holding.lease === undefined) return { job, held: false };
    const isAllowed = await sleepUntil(deps, lookAt, holding.lease);
    const seen = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
    if (seen === undefined || until(seen) || deps.clock.now() >= deadline) return { job: seen, held: true };
    if (!isAllowed) return { job: seen, held: false };
    job = seen;
  }
}

/** False as soon as the lease is lost. */
async function sleepUntil(
  { clock }: HoldDeps,
  wakeAt: number,
  lease: HeldLease | undefined,
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
