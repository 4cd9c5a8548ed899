import { isTerminal } from '../../../../core/contract/job-state.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { Submission } from '../../../../core/contract/schemas/submission-schemas.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { dyingProcess } from '../../../support/memory/dying-process.ts';
import { interruptedProcess } from '../../../support/memory/interrupted-process.ts';

export type Deps = ReturnType<typeof testDeps>;

/** Ports in memory with the service `echo`. */
export async function relatedDeps(): Promise<Deps> {
  const deps = testDeps();
  await deps.services.insert(aService({}, { used: true }));
  return deps;
}

/** Submits a job of `echo`, under an idempotency key if one is given. */
export async function submit(deps: Deps, submission: Submission = {}, key?: string): Promise<Job> {
  const idempotency = key === undefined ? undefined : { key, fingerprint: 'same' };
  const input = { tenant: 'local', owner: 'key-1', idempotency };
  return (await submitJob(deps, { ...input, submission: { service: 'echo', ...submission } })).job;
}

/** The slug of the problem that the call is refused with. */
export async function slugOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof ProblemError) return error.slug;
    throw error;
  }
}

export function keyOf({ tenant, id }: Pick<Job, 'tenant' | 'id'>) {
  return { tenant, jobId: id };
}

/** The job as it is stored; throws when it violates an invariant. */
export async function stored(deps: Deps, job: Pick<Job, 'tenant' | 'id'>): Promise<Job> {
  const found = await deps.jobs.get(keyOf(job));
  if (found === undefined) throw new Error(`${job.id} is gone`);
  checkJob(found);
  return found;
}

/** Claims the first attempt of a job and ends it, as the attempt state machine would. */
export async function run(deps: Deps, job: Job, end: 'succeeded' | 'failed' = 'succeeded'): Promise<Job> {
  await begin(deps, job);
  return updateJob(deps.jobs, keyOf(job), (found) => {
    const outcome =
      end === 'succeeded'
        ? { kind: 'succeeded' as const, result: { kind: 'inline' as const, json: '1' } }
        : { kind: 'failed' as const, code: 'service-failed' as const, detail: 'no' };
    const settlement = { attempt: 1, outcome, now: deps.clock.now(), jitter: 0, reconcileAfterMs };
    const { next, result } = settleJob(found, settlement);
    if (next === undefined || result.settled === 'stale') throw new Error('the report was stale');
    return { next, result: next };
  });
}

/** Claims the first attempt of a job. */
export async function begin(deps: Deps, job: Job): Promise<Job> {
  return updateJob(deps.jobs, keyOf(job), (found) => {
    const now = deps.clock.now();
    const claim = { attempt: 1, executionDigest: 'A', tokenDigest: 'T', to: 'executing', now } as const;
    const { next, result } = claimAttempt(found, claim);
    if (next === undefined || !result.claimed) throw new Error('the claim was refused');
    return { next, result: next };
  });
}

/** Links a job with a sub-job that was not created yet. */
export async function linkComingChild(deps: Deps, parent: Pick<Job, 'id'>): Promise<void> {
  const link = { tenant: 'local', kind: 'child', anchorId: parent.id, jobId: jobIdAt(someTime + 9) } as const;
  await deps.links.add({ ...link, madeAt: deps.clock.now() });
}

/** Runs the reconciler every minute for the given number of minutes. */
export async function runReconciler(deps: Deps, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await deps.clock.sleep(60_000);
    await reconcile(deps, { budgetEndsAt: deps.clock.now() + 45_000 });
  }
}

/** All stored jobs, oldest first; throws when one violates an invariant. */
export async function allJobs(deps: Deps): Promise<readonly Job[]> {
  const { jobs } = await deps.jobs.list({ tenant: 'local', limit: 1000 });
  for (const job of jobs) checkJob(job);
  return jobs.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

export function hasEnded({ status }: Job): boolean {
  return isTerminal(status);
}

const ports = ['jobs', 'links', 'services', 'objects', 'executions', 'idempotency'] as const;

/** The ports, with an action just before the call with this number, from 1. */
export function interrupted(deps: Deps, at: number, act: () => Promise<void>) {
  return interruptedProcess(deps, ports, { beforeCall: at, act });
}

/**
 * Runs the action as a process that dies before its first call, then before its second, and so on until it completes
 * without dying, each time in a new world, and checks the result each time.
 */
export async function dyingAnywhere<World extends { readonly deps: Deps }>(
  prepare: () => Promise<World>,
  act: (deps: Deps, world: World) => Promise<unknown>,
  check: (world: World, died: boolean) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const world = await prepare();
    const { deps, calls } = dyingProcess(world.deps, ports, { atCall: at, effect: false });
    const isDead = () => calls() >= at;
    await act(deps, world).catch((error: unknown) => {
      if (!isDead()) throw error;
    });
    await check(world, isDead());
    if (!isDead()) return at;
  }
}
