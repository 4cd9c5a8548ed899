import { isTerminal } from '../../core/contract/job-state.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/job.ts';
import { reconcile } from '../../core/jobs/reconcile.ts';
import { submitJob } from '../../core/jobs/submit-job.ts';
import { jobIdAt } from '../support/job-id.ts';
import { lookAfter, someTime } from '../support/jobs.ts';
import { memoryObjectStore } from '../support/memory-object-store.ts';
import { memoryServiceStore } from '../support/memory-service-store.ts';
import { aService } from '../support/test-deps.ts';
import { faulty, InjectedFault } from './faulty.ts';
import { scheduler } from './scheduler.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { type Run, simulatedRouter } from './simulated-router.ts';
import { watchedJobStore } from './watched-job-store.ts';

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
  readonly changes: readonly JobChange[];
  readonly violations: readonly unknown[];
  readonly faultsEndAt: number;
}

/** How far the clock of any process is off, in milliseconds, either way. */
export const maxSkew = 2000;
export const sweepEvery = 60_000;

/** Lets clients submit jobs, the router run them and the reconciler sweep, until every job has ended. */
export async function simulate(plan: Plan): Promise<Outcome> {
  const random = seededRandom(plan.seed);
  const time = scheduler(random, someTime);
  const watched = watchedJobStore();
  const faultsEndAt = someTime + plan.faultsEndAfterSeconds * 1000;
  const faults = {
    scheduler: time,
    random,
    probability: () => (time.now() < faultsEndAt ? plan.faultProbability : 0),
  };
  const services = memoryServiceStore();
  await services.insert(aService());
  const objects = memoryObjectStore();
  const quiet = { info: () => {}, warn: () => {} };
  const chance = { ...seededIds(), fraction: random.fraction };
  const base = () => ({
    jobs: faulty(watched.store, faults),
    services: faulty(services, faults),
    objects: faulty(objects, faults),
    clock: { ...time, now: skewed(random, time.now) },
    chance,
    log: quiet,
    counter: { count: () => {} },
  });
  const router = simulatedRouter({ scheduler: time, random, ports: () => ({ ...base(), executions }) });
  const executions = faulty({ start: router.start }, faults);

  let submitting = plan.jobs;
  const accepted: string[] = [];
  for (let index = 0; index < plan.jobs; index += 1) {
    time.spawn(async () => {
      await time.sleep(random.whole(0, 300_000));
      const input = { tenant: 'local', owner: 'client', submission: anySubmission(random), lookAfter };
      for (let submitted; submitted === undefined; ) {
        submitted = await unlessInjected(submitJob({ ...base(), executions }, input));
        if (submitted !== undefined) accepted.push(submitted.job.id);
      }
      submitting -= 1;
    });
  }
  const done = () => submitting === 0 && watched.jobs().every(({ status }) => isTerminal(status));
  time.spawn(async () => {
    while (!done()) {
      await time.sleep(sweepEvery);
      const deadline = time.now() + 50_000;
      if (random.happens(0.95)) time.spawn(() => sweep(deadline));
    }
  });
  const sweep = async (deadline: number) => {
    await unlessInjected(reconcile({ ...base(), executions }, { lookAfter, deadline }));
  };
  await time.run(done);
  const { changes, violations } = watched;
  return { jobs: watched.jobs(), accepted, runs: router.runs, changes, violations, faultsEndAt };
}

function anySubmission(random: SeededRandom) {
  return {
    service: 'echo',
    parameters: { text: 'x'.repeat(random.happens(0.2) ? 5000 : 10) },
    retry: { maxAttempts: random.whole(1, 4), backoffSeconds: random.whole(0, 60) },
    attemptTimeoutSeconds: random.happens(0.2) ? 300 : random.whole(10, 240),
    queueTimeoutSeconds: random.whole(60, 900),
    timeoutSeconds: random.whole(300, 3000),
  };
}

function seededIds() {
  let count = 0n;
  const next = () => {
    count += 1n;
    return count;
  };
  return { jobId: (now: number) => jobIdAt(now, next()), secret: () => `secret-${next()}` };
}

/** The clock of one process: always off by the same. */
function skewed(random: SeededRandom, now: () => number): () => number {
  const skew = random.whole(-maxSkew, maxSkew);
  return () => now() + skew;
}

async function unlessInjected<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof InjectedFault) return undefined;
    throw error;
  }
}
