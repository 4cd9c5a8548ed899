import type { AttemptLog } from '../jobs/model/job.ts';

/** One attempt of a job as a submission to AWS Batch. */
export interface BatchAttempt {
  /** Derived from the job's id and the attempt, so that the Batch job can be found without its id. */
  readonly jobName: string;
  /**
   * Name of a job definition, with or without a revision; without one, the newest active revision is used.
   */
  readonly jobDefinition: string;
  /** Name of a job queue; Errand's own queue if absent. */
  readonly jobQueue?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly gpus?: number;
  /** At least 60. */
  readonly attemptTimeoutSeconds: number;
  readonly tenant: string;
  /**
   * 0 to 3600: of the jobs of a tenant that wait for capacity, the one with the highest priority starts
   * first.
   */
  readonly priority: number;
  /**
   * `claimFingerprint` of the submitting claim; stored as the tag `claim`, which distinguishes submissions of one
   * attempt.
   */
  readonly claim: string;
}

/** The state of a Batch job. Times are epoch milliseconds. */
export interface BatchJob {
  /** The id that Batch assigned. */
  readonly dispatcherId: string;
  readonly jobName: string;
  /** Absent if Batch does not report it. */
  readonly tenant?: string;
  /** The tag `claim` of its submission; absent if Batch does not report it. */
  readonly claim?: string;
  readonly status: 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly statusReason?: string;
  /** Of the container, if it exited by itself. */
  readonly exitCode?: number;
  /** The reason of the container's end, in addition to its exit code. */
  readonly reason?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** The log of its container, which exists from RUNNING on. */
  readonly log?: AttemptLog;
}

/** Carries out attempts as AWS Batch jobs. */
export interface BatchDispatcher {
  /**
   * Returns the id that Batch assigned to the job. Throws `BatchRejection` if a retry cannot succeed,
   * `BatchThrottled`, or any other error.
   */
  submit(attempt: BatchAttempt): Promise<string>;
  /**
   * The newest Batch job of that name, ended or not, in the given queue or Errand's own; undefined if Batch
   * has none, or does not list it yet.
   */
  find(jobName: string, jobQueue?: string): Promise<BatchJob | undefined>;
  /** Undefined if Batch does not know the id, or no longer: an ended job is kept for at least a day. */
  describe(dispatcherId: string): Promise<BatchJob | undefined>;
  /** Terminates a Batch job in any state; a job that has ended stays unchanged. */
  terminate(dispatcherId: string, reason: string): Promise<void>;
}

/**
 * Thrown if Batch will never accept the attempt: an unknown definition or queue, or sizes that it does not
 * support. The attempt state machine knows the error by the value of `name`, which is older than the name of
 * the class and must not change: this is no refusal for lack of capacity.
 */
export class BatchRejection extends Error {
  override readonly name = 'BatchRefusal';
}

/**
 * Thrown if a submission exceeds the rate limit of Batch: a refusal for lack of capacity, after which the
 * attempt is released.
 */
export class BatchThrottled extends Error {
  override readonly name = 'BatchThrottled';
}
