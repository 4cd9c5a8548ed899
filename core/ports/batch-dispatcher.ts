import type { AttemptLog } from '../jobs/model/job.ts';

/** One attempt of a job as AWS Batch is to run it. */
export interface BatchAttempt {
  /** Made of the job's id and the attempt, so that it can be found without the id that Batch gives it. */
  readonly jobName: string;
  /** Name of a job definition, with or without a revision; without, the newest active one is meant. */
  readonly jobDefinition: string;
  /** Name of a job queue; the service's own queue when absent. */
  readonly jobQueue?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly gpus?: number;
  /** At least 60. */
  readonly attemptTimeoutSeconds: number;
  readonly tenant: string;
  /** 0 to 3600; a higher one goes first among the jobs of its tenant. */
  readonly priority: number;
  /** `claimMark` of the claim that submits; kept as the tag `claim`, which tells submissions of one attempt apart. */
  readonly claim: string;
}

/** What Batch tells of a job. Times are milliseconds since 1970. */
export interface BatchJob {
  /** The id that Batch gave it. */
  readonly dispatcherId: string;
  readonly jobName: string;
  /** Absent where Batch does not tell it. */
  readonly tenant?: string;
  /** The tag `claim` of its submission; absent where Batch does not tell it. */
  readonly claim?: string;
  readonly status: 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly statusReason?: string;
  /** Of the container, when it ended by itself. */
  readonly exitCode?: number;
  /** What is said of the container beyond its exit code. */
  readonly reason?: string;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** Of its container, which has one from RUNNING on. */
  readonly log?: AttemptLog;
}

/** Carries attempts out as jobs of AWS Batch. */
export interface BatchDispatcher {
  /** Answers the id that Batch gave the job. Throws `BatchRefusal` when no repetition can help, `BatchThrottled`, and else what went wrong. */
  submit(attempt: BatchAttempt): Promise<string>;
  /**
   * The newest job of that name, ended or not, in the service's own queue or the one that is named; undefined when Batch
   * knows none, which it may not yet.
   */
  find(jobName: string, jobQueue?: string): Promise<BatchJob | undefined>;
  /** Undefined when Batch does not know the id, or no longer: an ended job is kept for at least a day. */
  describe(dispatcherId: string): Promise<BatchJob | undefined>;
  /** Ends a job in whatever state it is; one that has ended stays as it is. */
  terminate(dispatcherId: string, reason: string): Promise<void>;
}

/** Thrown when Batch will never take the attempt as it is: no such definition or queue, or sizes that it does not have. */
export class BatchRefusal extends Error {
  override readonly name = 'BatchRefusal';
}

/** Thrown when Batch takes no more submissions a second, and has not taken this one. */
export class BatchThrottled extends Error {
  override readonly name = 'BatchThrottled';
}
