import type { PublishedEvent } from '../../core/contract/schemas/event-schemas.ts';
import { congestionCache } from '../../core/jobs/scheduling/congestion-cache.ts';
import type { JobCounters } from '../../core/ports/job-counters.ts';
import type { JobLinks } from '../../core/ports/job-links.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import { registerService } from '../../core/services/register-service.ts';
import { countingRandom } from '../support/jobs/counting-random.ts';
import { jobIdAt } from '../support/jobs/job-id.ts';
import { someTime } from '../support/jobs/jobs.ts';
import { testSettings } from '../support/jobs/test-settings.ts';
import { memoryCapacityQueues } from '../support/memory/memory-capacity-queues.ts';
import { memoryIdempotencyStore } from '../support/memory/memory-idempotency-store.ts';
import { memoryJobCounters } from '../support/memory/memory-job-counters.ts';
import { memoryJobLinks } from '../support/memory/memory-job-links.ts';
import { memoryObjectStore } from '../support/memory/memory-object-store.ts';
import { memoryServiceStore } from '../support/memory/memory-service-store.ts';
import { memoryReusableResults } from '../support/reuse/memory-reusable-results.ts';
import { dataLedger } from './data/data-ledger.ts';
import { slotServices } from './data/simulated-slots.ts';
import { type WatchedData, watchedData } from './data/watched-data.ts';
import { faulty, InjectedFault } from './faulty.ts';
import type { Ports, Process, Run } from './process.ts';
import { type Scheduler, scheduler } from './scheduler.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { type SimulatedBatch, simulatedBatch } from './simulated/simulated-batch.ts';
import { simulatedCapacity } from './simulated/simulated-capacity.ts';
import { type SimulatedLog, simulatedLog } from './simulated/simulated-log.ts';
import { simulatedRouter } from './simulated/simulated-router.ts';
import { simulatedServices } from './simulated/simulated-services.ts';
import { sketch, sketchDefinition } from './simulated/simulated-sketch.ts';
import { type WatchedJobStore, watchedJobStore } from './watched-job-store.ts';

export interface World {
  readonly random: SeededRandom;
  readonly time: Scheduler;
  readonly store: WatchedJobStore;
  readonly eventLog: SimulatedLog;
  readonly counters: JobCounters;
  /** Ids of the events that reached the bus. */
  readonly published: readonly string[];
  /** Every run of user code, and the source of each end of an attempt. */
  readonly runs: Run[];
  /** Job and attempt of every start of the attempt state machine, such as `<id>/2`. */
  readonly started: Set<string>;
  readonly finished: Set<string>;
  readonly faultsAreOver: () => boolean;
  /** See `Plan`. */
  readonly replacesDefinitions: boolean;
  /** See `Plan`. */
  readonly hasData: boolean;
  readonly data: WatchedData;
  readonly links: JobLinks;
  readonly process: Process;
  /** A port with the faults of this world. */
  readonly faulty: <Port extends object>(port: Port) => Port;
  /** The ports of one process, with its own clock. */
  ports(): Ports;
  /** Registers the services. */
  begin(): Promise<void>;
}

/** The largest offset of a process's clock, in milliseconds, in both directions. */
export const maxSkew = 2000;

const settings = testSettings();
const silent = { info: () => {}, warn: () => {}, count: () => {} };

export function worldOf(plan: {
  readonly seed: number;
  readonly faultProbability: number;
  readonly faultsEndAt: number;
  readonly replacesDefinitions: boolean;
  readonly hasData: boolean;
  readonly trace: string[];
}): World {
  const random = seededRandom(plan.seed);
  const time = scheduler(random, someTime);
  const faultsAreOver = () => time.now() >= plan.faultsEndAt;
  const probability = () => (faultsAreOver() ? 0 : plan.faultProbability);
  const faults = { scheduler: time, random, probability, trace: plan.trace };
  const store = watchedJobStore();
  const [services, objects] = [memoryServiceStore(), memoryObjectStore()];
  const data = watchedData(time);
  const [idempotency, links, counters] = [memoryIdempotencyStore(), memoryJobLinks(), memoryJobCounters()];
  const [queues, results] = [memoryCapacityQueues(), memoryReusableResults()];
  const published: string[] = [];
  const eventLog = simulatedLog();
  const runs: Run[] = [];
  const [started, finished] = [new Set<string>(), new Set<string>()];
  const publish = async (events: readonly PublishedEvent[]) => {
    for (const { id } of events) {
      published.push(id);
      eventLog.notePublished(id);
    }
    return [];
  };
  const ids = countingRandom(random.fraction);
  const capacityPorts = () => {
    const [clock, known] = [{ ...time, now: skewed(random, time.now) }, faulty({ ...queues }, faults)];
    return { clock, queues: known, congestion: congestionCache(known, clock) };
  };
  const ports = (): Ports => ({
    jobs: faulty(withUnreadable(store.store), faults),
    links: faulty(links, faults),
    services: faulty(services, faults),
    objects: faulty({ ...objects }, faults),
    data: faulty(data.store, faults),
    results: faulty(results, faults),
    contents: faulty(data.contents, faults),
    idempotency: faulty(idempotency, faults),
    executions: faulty({ start: router.start }, faults),
    batch: faulty(batch.dispatcher, faults),
    bus: faulty({ publish }, faults),
    eventLog: faulty(eventLog.port, faults),
    counters: faulty(counters, faults),
    ...capacityPorts(),
    random: ids,
    settings,
    log: silent,
    metrics: silent,
  });
  const capacity = simulatedCapacity({ scheduler: time, random, faultsAreOver });
  const process: Process = {
    scheduler: time,
    random,
    ports,
    faultsAreOver,
    runs,
    started,
    finished,
    capacity,
    fetch: faulty({ fetch: data.contents.fetch }, faults).fetch,
    ledger: dataLedger(),
    knownData: [],
    trace: plan.trace,
  };
  const router = simulatedRouter(process);
  const batch: SimulatedBatch = simulatedBatch(process);
  return {
    random,
    time,
    store,
    eventLog,
    counters,
    published,
    runs,
    started,
    finished,
    faultsAreOver,
    replacesDefinitions: plan.replacesDefinitions,
    hasData: plan.hasData,
    data,
    links,
    process,
    faulty: (port) => faulty(port, faults),
    ports,
    async begin() {
      for (const service of simulatedServices) await services.insert(service);
      if (plan.hasData) for (const service of slotServices) await services.insert(service);
      await registerService(
        { services, clock: time, settings },
        { ...sketch, definition: sketchDefinition(0) },
      );
    },
  };
}

/** Unreadable records that are always due, before all others, and more than are checked in parallel. */
const unreadable = Array.from({ length: 12 }, (_, index) => ({ tenant: 'local', jobId: jobIdAt(index) }));
const unreadableIds = new Set(unreadable.map(({ jobId }) => jobId));

function withUnreadable(store: JobStore): JobStore {
  return {
    ...store,
    get: async (key) => {
      if (unreadableIds.has(key.jobId)) throw new InjectedFault('the record is damaged');
      return store.get(key);
    },
    listDue: async (now, limit) => [...unreadable, ...(await store.listDue(now, limit))].slice(0, limit),
  };
}

/** The clock of one process, with a constant offset. */
function skewed(random: SeededRandom, now: () => number): () => number {
  const skew = random.whole(-maxSkew, maxSkew);
  return () => now() + skew;
}
