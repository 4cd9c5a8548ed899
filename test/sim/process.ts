import type { RemovalDeps } from '../../core/jobs/deletion/removal.ts';
import type { ReconcileDeps } from '../../core/jobs/reconciler/reconcile.ts';
import type { SubmitJobDeps } from '../../core/jobs/submission/submit-job.ts';
import type { BatchDispatcher } from '../../core/ports/batch-dispatcher.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import type { JobCounters } from '../../core/ports/job-counters.ts';
import type { TargetRules } from '../../core/services/target-rules.ts';
import { InjectedFault } from './faulty.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedCapacity } from './simulated/simulated-capacity.ts';

/** All that any process of the service is given. */
export interface Ports extends SubmitJobDeps, ReconcileDeps, RemovalDeps {
  readonly jobs: SubmitJobDeps['jobs'];
  readonly links: SubmitJobDeps['links'];
  readonly objects: SubmitJobDeps['objects'];
  readonly batch: BatchDispatcher;
  readonly bus: EventBus;
  readonly counters: JobCounters;
  readonly targets: TargetRules;
}

/**
 * `ran`: user code ran for an execution; `ran-on-batch`: it did as a Batch job, of which an attempt may have two;
 * `heard`: a report of that worker counted.
 */
export interface Run {
  readonly kind: 'ran' | 'ran-on-batch' | 'reported';
  readonly jobId: string;
  readonly attempt: number;
  /** An execution's id, or a Batch job's. */
  readonly by: string;
}

/** What a process of the service lives with. */
export interface Process {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** The ports as one process sees them: asked for anew at each call. */
  readonly ports: () => Ports;
  readonly faultsAreOver: () => boolean;
  readonly runs: Run[];
  /** Job and attempt of every start of the router, such as `<id>/2`. */
  readonly started: Set<string>;
  /** Job and attempt of every function that returned a result to its execution. */
  readonly finished: Set<string>;
  readonly capacity: SimulatedCapacity;
  /** Gets a line for whatever happens outside the ports. */
  readonly trace: string[];
}

/** What a caller that tries again gets: the answer, or undefined when the tries are used up. */
export async function retried<Answer>(
  { scheduler, random }: Pick<Process, 'scheduler' | 'random'>,
  call: (tried: number) => Promise<Answer>,
  tries = 5,
): Promise<Answer | undefined> {
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
