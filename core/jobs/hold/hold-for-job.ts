import { isTerminal } from '../../contract/job-state.ts';
import type { Chance, Clock } from '../../ports/clock.ts';
import type { HeldCalls, Lease } from '../../ports/held-calls.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Job } from '../job.ts';
import { type Wait, waitForJob } from '../wait-for-job.ts';

export interface HoldDeps {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly heldCalls: HeldCalls;
  /** How many calls a tenant may have held at a time. */
  readonly maxHeldCalls: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** Undefined when there is no such job. */
export interface HeldJob {
  readonly job: Job | undefined;
  /** False when the call was not held as long as it wished, although what it waits for has not come. */
  readonly held: boolean;
}

/** Up to here a call is held without a lease: most jobs that anybody waits for end sooner, and a lease costs two writes. */
const freeMilliseconds = 1000;
/** In the second phase looks go on about as they would have gone on in the first. */
const laterPauseMilliseconds = 500;
/** What a held call may take from the end of its wait to its answer, and how far clocks may differ. */
const graceMilliseconds = 5000;

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
  const { waitMilliseconds, until = (job: Job) => isTerminal(job.status) } = wait;
  const deadline = deps.clock.now() + waitMilliseconds;
  const first = Math.min(waitMilliseconds, freeMilliseconds);
  const job = await waitForJob(deps, key, { ...wait, waitMilliseconds: first });
  if (job === undefined || until(job) || deps.clock.now() >= deadline) return { job, held: true };
  const id = deps.chance.secret().slice(-8);
  const lease = { tenant: key.tenant, id, expiresAt: deadline + graceMilliseconds };
  if (!(await take(deps, lease))) return { job, held: false };
  try {
    const left = deadline - deps.clock.now();
    const rest = { waitMilliseconds: left, known: job, firstPauseMilliseconds: laterPauseMilliseconds };
    return { job: await waitForJob(deps, key, { ...wait, ...rest }), held: true };
  } finally {
    await release(deps, lease);
  }
}

/** A hold that cannot be counted is not begun: the caller polls instead, which is always right. */
async function take(deps: HoldDeps, lease: Lease): Promise<boolean> {
  try {
    return (await deps.heldCalls.take(lease, deps.maxHeldCalls, deps.clock.now())) === 'taken';
  } catch (error) {
    deps.log.warn('lease-not-taken', { tenant: lease.tenant, error: asError(error) });
    return false;
  }
}

/** A lease that cannot be given back expires. */
async function release(deps: HoldDeps, lease: Lease): Promise<void> {
  try {
    await deps.heldCalls.release(lease);
  } catch (error) {
    deps.log.warn('lease-not-released', { tenant: lease.tenant, error: asError(error) });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
