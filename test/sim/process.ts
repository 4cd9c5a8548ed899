import type { DeletionDeps } from '../../core/jobs/deletion/deletion.ts';
import type { ReconcileDeps } from '../../core/jobs/reconciler/reconcile.ts';
import type { SubmitJobDeps } from '../../core/jobs/submission/submit-job.ts';
import type { BatchDispatcher } from '../../core/ports/batch-dispatcher.ts';
import type { ContentStore } from '../../core/ports/data/content-store.ts';
import type { DataStore } from '../../core/ports/data/data-store.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import type { EventLog } from '../../core/ports/events/event-log.ts';
import type { JobCounters } from '../../core/ports/job-counters.ts';
import type { ReusableResults } from '../../core/ports/reuse/reusable-results.ts';
import type { Settings } from '../../core/ports/settings.ts';
import type { DataLedger } from './data/data-ledger.ts';
import type { WatchedData } from './data/watched-data.ts';
import { InjectedFault } from './faulty.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCapacity } from './simulated/simulated-capacity.ts';

/** All inputs of a process of the service. */
export interface Ports extends SubmitJobDeps, ReconcileDeps, DeletionDeps {
  readonly jobs: SubmitJobDeps['jobs'];
  readonly links: SubmitJobDeps['links'];
  readonly objects: SubmitJobDeps['objects'];
  readonly data: DataStore;
  readonly results: ReusableResults;
  readonly contents: ContentStore;
  readonly batch: BatchDispatcher;
  readonly bus: EventBus;
  readonly eventLog: EventLog;
  readonly counters: JobCounters;
  readonly settings: Settings;
}

/**
 * `ran`: user code ran for an execution; `ran-on-batch`: it ran as a Batch job, of which an attempt can have two;
 * `reported`: a report of that worker was accepted.
 */
export interface Run {
  readonly kind: 'ran' | 'ran-on-batch' | 'reported';
  readonly jobId: string;
  readonly attempt: number;
  /** The id of an execution or of a Batch job. */
  readonly by: string;
  /** Of a function that ran. */
  readonly functionName?: string;
}

/** The environment of a process of the service. */
export interface Process {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** The ports of one process, created again at each call. */
  readonly ports: () => Ports;
  readonly faultsAreOver: () => boolean;
  readonly runs: Run[];
  /** Job and attempt of every start of the attempt state machine, such as `<id>/2`. */
  readonly started: Set<string>;
  /** Job and attempt of every function that returned a result to its execution. */
  readonly finished: Set<string>;
  readonly capacity: SimulatedCapacity;
  /** A client's request to a presigned URL, over a network that fails like a port. */
  readonly fetch: WatchedData['contents']['fetch'];
  readonly ledger: DataLedger;
  /** IDs of data objects that jobs can use. */
  readonly knownData: string[];
  /** Receives a line for each action outside the ports. */
  readonly trace: string[];
}

/** The result of a call with retries, or undefined when all tries failed. */
export async function retried<Result>(
  { scheduler, random }: Pick<Process, 'scheduler' | 'random'>,
  call: (tried: number) => Promise<Result>,
  tries = 5,
): Promise<Result | undefined> {
  for (let tried = 0; tried < tries; tried += 1) {
    try {
      return await call(tried);
    } catch (error) {
      if (!(error instanceof InjectedFault)) throw error;
      await scheduler.sleep(random.whole(0, 1000 * 2 ** tried));
    }
  }
  return undefined;
}
