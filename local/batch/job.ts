import type { JobSize } from './fargate-size.ts';

/** States of a job, in their order, but for PENDING: nothing can be depended on here. https://docs.aws.amazon.com/batch/latest/userguide/job_states.html */
export type JobStatus = 'SUBMITTED' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** One attempt that has ended, or the one that runs. */
export interface JobAttempt {
  /** Absent when it ended before its command ran. */
  readonly startedAtMs?: number;
  readonly stoppedAtMs?: number;
  readonly statusReason?: string;
  /** Why the container ended, where more is known than an exit code. */
  readonly reason?: string;
  /** As a shell tells it: 128 and the number of the signal that ended it. */
  readonly exitCode?: number;
  readonly taskArn: string;
  /** Names the log file below `logs/batch`, without its `.log`. Told once the command has begun. */
  readonly logStreamName: string;
}

/** A job as it is kept. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly queueArn: string;
  readonly definitionArn: string;
  readonly status: JobStatus;
  readonly statusReason?: string;
  readonly createdAtMs: number;
  /** Of the current or last attempt. */
  readonly startedAtMs?: number;
  readonly stoppedAtMs?: number;
  readonly shareIdentifier?: string;
  readonly schedulingPriority?: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  /** How often it may be tried, 1..10. */
  readonly maximumAttempts: number;
  readonly timeoutSeconds?: number;
  readonly size: JobSize;
  readonly image: string;
  /** Options of its log driver, as its definition has them. */
  readonly logOptions?: Readonly<Record<string, string>>;
  /** Parameters substituted; empty where the image's own command runs. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly jobRoleArn?: string;
  readonly executionRoleArn: string;
  /** Attempts that have ended. */
  readonly attempts: readonly JobAttempt[];
  /** The attempt under way while STARTING or RUNNING. */
  readonly current?: JobAttempt;
  /** Asked for while an attempt was under way: it is not tried again, and this is its reason. */
  readonly terminationReason?: string;
  readonly isCancelled: boolean;
  readonly isTerminated: boolean;
}

/** Whether a job has ended for good. */
export function hasEnded(job: Job): boolean {
  return job.status === 'SUCCEEDED' || job.status === 'FAILED';
}

/** Whether an attempt of the job is under way. */
export function isUnderWay(job: Job): boolean {
  return job.status === 'STARTING' || job.status === 'RUNNING';
}
