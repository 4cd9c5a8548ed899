import type { SubmitJobDeps } from '../../core/jobs/submit-job.ts';
import type { Chance } from '../../core/ports/clock.ts';
import type { Counter } from '../../core/ports/log.ts';
import { jobIdAt } from '../support/job-id.ts';
import { someTime } from '../support/jobs.ts';
import { memoryIdempotencyStore } from '../support/memory-idempotency-store.ts';
import { memoryObjectStore } from '../support/memory-object-store.ts';
import { memoryServiceStore } from '../support/memory-service-store.ts';
import { aService } from '../support/test-deps.ts';
import { faulty } from './faulty.ts';
import { type Scheduler, scheduler } from './scheduler.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { type Run, simulatedRouter } from './simulated-router.ts';
import { type WatchedJobStore, watchedJobStore } from './watched-job-store.ts';

export type Ports = SubmitJobDeps & { readonly counter: Counter };

export interface World {
  readonly random: SeededRandom;
  readonly time: Scheduler;
  readonly store: WatchedJobStore;
  /** Every time that user code ran. */
  readonly runs: readonly Run[];
  /** The ports as one process sees them, with a clock of its own. */
  ports(): Ports;
  /** Registers the service that all jobs are of. */
  begin(): Promise<void>;
}

/** How far the clock of any process is off, in milliseconds, either way. */
export const maxSkew = 2000;

const silent = { info: () => {}, warn: () => {}, count: () => {} };

export function worldOf(plan: {
  readonly seed: number;
  readonly faultProbability: number;
  readonly faultsEndAt: number;
}): World {
  const random = seededRandom(plan.seed);
  const time = scheduler(random, someTime);
  const probability = () => (time.now() < plan.faultsEndAt ? plan.faultProbability : 0);
  const faults = { scheduler: time, random, probability };
  const store = watchedJobStore();
  const [services, objects] = [memoryServiceStore(), memoryObjectStore()];
  const idempotency = memoryIdempotencyStore();
  const chance = seededChance(random);
  const ports = (): Ports => ({
    jobs: faulty(store.store, faults),
    services: faulty(services, faults),
    objects: faulty({ ...objects }, faults),
    idempotency: faulty(idempotency, faults),
    executions: faulty({ start: router.start }, faults),
    clock: { ...time, now: skewed(random, time.now) },
    chance,
    log: silent,
    counter: silent,
  });
  const router = simulatedRouter({ scheduler: time, random, ports });
  return {
    random,
    time,
    store,
    runs: router.runs,
    ports,
    begin: async () => void (await services.insert(aService())),
  };
}

/** Ids and secrets count up, so that no two are the same. */
function seededChance(random: SeededRandom): Chance {
  let count = 0n;
  const next = () => {
    count += 1n;
    return count;
  };
  return {
    jobId: (now) => jobIdAt(now, next()),
    secret: () => `secret-${next()}`,
    fraction: random.fraction,
  };
}

/** The clock of one process: always off by the same. */
function skewed(random: SeededRandom, now: () => number): () => number {
  const skew = random.whole(-maxSkew, maxSkew);
  return () => now() + skew;
}
