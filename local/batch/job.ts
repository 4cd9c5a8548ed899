import type { JobSize } from './fargate-size.ts';

/**
 * States of a job in their order. PENDING is missing, because dependencies are not supported.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
 */
export type JobStatus = 'SUBMITTED' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** An attempt that has ended or is running. */
export interface JobAttempt {
  /** Absent if the attempt ended before its command ran. */
  readonly startedAtMs?: number;
  readonly stoppedAtMs?: number;
  readonly statusReason?: string;
  /** Reason why the container ended, if more is known than the exit code. */
  readonly reason?: string;
  /** Exit code as a shell reports it: 128 plus the number of the signal that ended the program. */
  readonly exitCode?: number;
  readonly taskArn: string;
  /** Path of the log file below `logs/batch`, without `.log`. Reported from the start of the command. */
  readonly logStreamName: string;
}

/** A job as it is stored. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly queueArn: string;
  readonly definitionArn: string;
  readonly status: JobStatus;
  readonly statusReason?: string;
  readonly createdAtMs: number;
  /** Times of the current or last attempt. */
  readonly startedAtMs?: number;
  readonly stoppedAtMs?: number;
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  /** Maximum number of attempts, 1..10. */
  readonly maximumAttempts: number;
  readonly timeoutSeconds?: number;
  readonly size: JobSize;
  readonly image: string;
  /** Log driver options of its definition. */
  readonly logOptions?: Readonly<Record<string, string>>;
  /** Command with parameters substituted; empty if the image's own command runs. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly jobRoleArn?: string;
  readonly executionRoleArn: string;
  /** Attempts that have ended. */
  readonly attempts: readonly JobAttempt[];
  /** The current attempt while STARTING or RUNNING. */
  readonly current?: JobAttempt;
  /** Reason of a termination that was requested during an attempt; the job is then not retried. */
  readonly terminationReason?: string;
  readonly isTerminated: boolean;
}

/** Reports whether a job is in a final state. */
export function hasEnded(job: Job): boolean {
  return job.status === 'SUCCEEDED' || job.status === 'FAILED';
}

/** Reports whether an attempt of the job is running. */
export function isUnderWay(job: Job): boolean {
  return job.status === 'STARTING' || job.status === 'RUNNING';
}
