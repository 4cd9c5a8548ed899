import type { Attempt } from '../attempt/attempt.ts';
import type { WorkerAccess } from '../attempt/call-worker.ts';
import { type Children, childrenOf } from '../attempt/children.ts';
import { sendHeartbeat } from '../attempt/heartbeat.ts';
import { type Progress, progressReporter } from '../attempt/progress.ts';
import { type Inputs, inputsOf } from '../data/inputs.ts';
import { type DataOutput, outputOf } from '../data/outputs.ts';

/** The attempt that a service runs. `attempt` counts from 1; `traceparent` is W3C trace context. */
export type JobReference = {
  readonly id: string;
  readonly attempt: number;
  readonly traceparent?: string;
};

/** The argument of a service. Except for the parameters, it may only be used until the service returns. */
export type ServiceCall<Parameters, Job extends JobReference = JobReference> = {
  readonly parameters: Parameters;
  readonly job: Job;
  readonly worker: WorkerAccess;
  /**
   * Aborted when the work is no longer needed; its reason is an `AttemptStopped`. The responses to heartbeats
   * and progress report this, so the signal of a service that sends neither is never aborted.
   */
  readonly signal: AbortSignal;
  /** Reports progress. Returns at once; throws a `RangeError` for invalid numbers. */
  progress(progress: Progress): void;
  /** Reports that the work continues, and aborts the signal if it is no longer needed. Never rejects. */
  heartbeat(): Promise<void>;
  readonly children: Children;
  /** Writes data objects to an output slot. Makes no request itself. */
  output(slot: string): DataOutput;
} & Inputs;

/**
 * A service: receives a call, and returns the job's result (JSON) or throws to fail. It may run twice for one
 * attempt.
 */
export type Service<Parameters, Result, Job extends JobReference = JobReference> = (
  call: ServiceCall<Parameters, Job>,
) => Promise<Result> | Result;

/** The context of a call. */
export interface CallContext<Job extends JobReference> {
  readonly attempt: Attempt;
  readonly job: Job;
  readonly worker: WorkerAccess;
  /**
   * Seconds without a response to a heartbeat or to progress after which a heartbeat is sent; if absent, none is
   * sent.
   */
  readonly heartbeatEverySeconds?: number | undefined;
}

/**
 * Runs a service. The last progress is sent before this function returns or throws.
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
      ...inputsOf(attempt),
      output: (slot) => outputOf(attempt, slot),
    });
  } finally {
    await progress.flush();
  }
}
