import type { Attempt } from './attempt.ts';
import type { WorkerAccess } from './call-worker.ts';
import { type Children, childrenOf } from './children.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { type Progress, progressReporter } from './progress.ts';

/** The attempt that a service is asked to carry out. `attempt` counts from 1; `traceparent` is W3C trace context. */
export type JobReference = {
  readonly id: string;
  readonly attempt: number;
  readonly traceparent?: string;
};

/** What a service is called with. All but the parameters is there to be used while it works, and not afterwards. */
export type ServiceCall<Parameters, Job extends JobReference = JobReference> = {
  readonly parameters: Parameters;
  readonly job: Job;
  readonly worker: WorkerAccess;
  /**
   * Aborted when nobody wants the work any more; its reason is an `AttemptStopped`. That is heard with the answers to
   * heartbeats and progress, so a service that reports nothing never hears it.
   */
  readonly signal: AbortSignal;
  /** Tells how far the work is. Returns at once; throws a `RangeError` for numbers that cannot be. */
  progress(progress: Progress): void;
  /** Tells that the work goes on, and learns whether it is still wanted. Never rejects. */
  heartbeat(): Promise<void>;
  readonly children: Children;
};

/** A service: takes a call, returns the job's result (JSON), throws to fail. It may run twice for one attempt. */
export type Service<Parameters, Result, Job extends JobReference = JobReference> = (
  call: ServiceCall<Parameters, Job>,
) => Promise<Result> | Result;

/** What is known of a call before it is made. */
export interface CallContext<Job extends JobReference> {
  readonly attempt: Attempt;
  readonly job: Job;
  readonly worker: WorkerAccess;
  /** Seconds without an answer from the worker routes after which a heartbeat is sent beside the call; never if absent. */
  readonly heartbeatEverySeconds?: number | undefined;
}

/**
 * Runs a service on its parameters. By the time it returns or throws, the last progress has been sent.
 */
export async function callService<Parameters, Result, Job extends JobReference>(
  service: Service<Parameters, Result, Job>,
  parameters: Parameters,
  { attempt, job, worker, heartbeatEverySeconds }: CallContext<Job>,
): Promise<Result> {
  const progress = progressReporter(attempt);
  try {
    return await service({
      parameters,
      job,
      worker,
      signal: attempt.signal,
      progress: progress.report,
      heartbeat: () => sendHeartbeat(attempt, { everySeconds: heartbeatEverySeconds }),
      children: childrenOf(attempt, job.id),
    });
  } finally {
    await progress.flush();
  }
}
