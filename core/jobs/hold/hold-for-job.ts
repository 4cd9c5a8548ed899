import { isTerminal } from '../../contract/job-state.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Job } from '../job.ts';
import { longestPauseMilliseconds, type Wait, waitForJob } from '../wait-for-job.ts';
import { asError, type HeldLease, type LeaseDeps, takeLease } from './leases.ts';

export interface HoldDeps extends LeaseDeps {
  readonly jobs: Pick<JobStore, 'get'>;
}

/** Undefined when there is no such job. */
export interface HeldJob {
  readonly job: Job | undefined;
  /** False when the call was not held as long as it wished, although what it waits for has not come. */
  readonly held: boolean;
}

/** Up to here a call is held without a lease: about as long as any other call takes when the service is busy. */
const freeMilliseconds = 100;
/** In the second phase looks go on about as they would have gone on in the first. */
const laterPauseMilliseconds = 50;

/**
 * Holds a call until its job has ended, or is what `until` wants, as long as the caller wishes and the tenant has not
 * too many held calls. With a `known` job, which is accepted already, it never throws: what goes wrong ends the hold.
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
  const deadline = deps.clock.now() + waitMilliseconds;
  const first = deps.refusals.areMany(key.tenant) ? 0 : Math.min(waitMilliseconds, freeMilliseconds);
  const job = await waitForJob(deps, key, { ...wait, waitMilliseconds: first });
  if (job === undefined || until(job) || deps.clock.now() >= deadline) return { job, held: true };
  const lease = await takeLease(deps, key.tenant, deadline);
  if (lease === undefined) return { job, held: false };
  try {
    return await holdUnder(deps, key, { until, known: job, deadline, lease });
  } finally {
    await lease.release();
  }
}

interface LeasedWait {
  readonly until: (job: Job) => boolean;
  readonly known: Job;
  readonly deadline: number;
  readonly lease: HeldLease;
}

/** Waits from one renewal of the lease to the next. */
async function holdUnder(deps: HoldDeps, key: JobKey, wait: LeasedWait): Promise<HeldJob> {
  const { until, deadline, lease } = wait;
  let [known, firstPauseMilliseconds] = [wait.known, laterPauseMilliseconds];
  for (;;) {
    const waitMilliseconds = Math.min(deadline, lease.renewAt) - deps.clock.now();
    const rest = { until, known, waitMilliseconds, firstPauseMilliseconds };
    const job = await waitForJob(deps, key, rest);
    if (job === undefined || until(job) || deps.clock.now() >= deadline) return { job, held: true };
    if (!(await lease.renew())) return { job, held: false };
    [known, firstPauseMilliseconds] = [job, longestPauseMilliseconds];
  }
}

function hasEnded(job: Job): boolean {
  return isTerminal(job.status);
}
