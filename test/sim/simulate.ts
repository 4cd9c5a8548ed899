import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/job.ts';
import { reconcile } from '../../core/jobs/reconcile.ts';
import { lookAfter, someTime } from '../support/jobs.ts';
import { unlessInjected } from './faulty.ts';
import { type Abort, simulateAbort } from './simulated-abort.ts';
import { type Client, simulateClient } from './simulated-client.ts';
import type { Run } from './simulated-router.ts';
import { type World, worldOf } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly clients: number;
  /** Chance of a fault at each call of a port, until the faults stop. */
  readonly faultProbability: number;
  /** When the faults stop, so that what follows must come to its end. */
  readonly faultsEndAfterSeconds: number;
}

export interface Outcome {
  readonly jobs: readonly Job[];
  readonly clients: readonly Client[];
  readonly aborts: readonly Abort[];
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
  const [clients, aborts]: [Client[], Abort[]] = [[], []];
  const beClient = async (name: string) => {
    const client = await simulateClient(world, name);
    const unwanted = client.answers.filter(() => world.random.happens(0.3));
    aborts.push(...(await Promise.all(unwanted.map(({ jobId }) => simulateAbort(world, jobId)))));
    clients.push(client);
  };
  for (let index = 0; index < plan.clients; index += 1) world.time.spawn(() => beClient(`client-${index}`));
  const { store } = world;
  const done = () =>
    clients.length === plan.clients && store.jobs().every(({ status }) => isTerminal(status));
  world.time.spawn(() => keepSweeping(world, done));
  await world.time.run(done);
  const { changes, violations } = store;
  return { jobs: store.jobs(), clients, aborts, runs: world.runs, changes, violations, faultsEndAt };
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
