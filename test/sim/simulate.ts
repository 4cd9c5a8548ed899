import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/job.ts';
import { reconcile } from '../../core/jobs/reconcile.ts';
import { submitJob } from '../../core/jobs/submit-job.ts';
import { lookAfter, someTime } from '../support/jobs.ts';
import { anySubmission } from './any-submission.ts';
import { InjectedFault } from './faulty.ts';
import type { Run } from './simulated-router.ts';
import { type World, worldOf } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly jobs: number;
  /** Chance of a fault at each call of a port, until the faults stop. */
  readonly faultProbability: number;
  /** When the faults stop, so that what follows must come to its end. */
  readonly faultsEndAfterSeconds: number;
}

export interface Outcome {
  readonly jobs: readonly Job[];
  /** Ids that a client was told. */
  readonly accepted: readonly string[];
  readonly runs: readonly Run[];
  /** Every write in its order. */
  readonly changes: readonly JobChange[];
  readonly violations: readonly unknown[];
  /** In milliseconds since 1970. */
  readonly faultsEndAt: number;
}

/** Milliseconds between two sweeps. */
export const sweepEvery = 60_000;
/** A sweep takes nothing new after this time. */
const sweepTakes = 50_000;

/** Lets clients submit jobs, the router run them and the reconciler sweep, until every job has ended. */
export async function simulate(plan: Plan): Promise<Outcome> {
  const faultsEndAt = someTime + plan.faultsEndAfterSeconds * 1000;
  const world = worldOf({ ...plan, faultsEndAt });
  await world.begin();
  const accepted: string[] = [];
  for (let index = 0; index < plan.jobs; index += 1) world.time.spawn(() => submitOne(world, accepted));
  const { store } = world;
  const done = () => accepted.length === plan.jobs && store.jobs().every(({ status }) => isTerminal(status));
  world.time.spawn(() => keepSweeping(world, done));
  await world.time.run(done);
  const { changes, violations } = store;
  return { jobs: store.jobs(), accepted, runs: world.runs, changes, violations, faultsEndAt };
}

/** A client that asks again until it is told an id; what it asked for in vain may have become a job all the same. */
async function submitOne(world: World, accepted: string[]): Promise<void> {
  await world.time.sleep(world.random.whole(0, 300_000));
  const submission = anySubmission(world.random);
  const submit = () => submitJob(world.ports(), { tenant: 'local', owner: 'client', submission, lookAfter });
  let submitted = await unlessInjected(submit());
  while (submitted === undefined) submitted = await unlessInjected(submit());
  accepted.push(submitted.job.id);
}

/** A sweep that takes long overlaps with the next one, and one in twenty is left out. */
async function keepSweeping(world: World, done: () => boolean): Promise<void> {
  while (!done()) {
    await world.time.sleep(sweepEvery);
    if (world.random.happens(0.05)) continue;
    const input = { lookAfter, deadline: world.time.now() + sweepTakes };
    world.time.spawn(async () => void (await unlessInjected(reconcile(world.ports(), input))));
  }
}

async function unlessInjected<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof InjectedFault) return undefined;
    throw error;
  }
}
