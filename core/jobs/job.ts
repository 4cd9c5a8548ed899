import type { JobStatus } from '../contract/job-state.ts';
import type { JsonObject } from '../contract/json.ts';
import type { FailureCode } from '../contract/policy.ts';

/** JSON text on the record itself, or in the object store when it is larger than 4,096 bytes. */
export type StoredJson =
  | { readonly kind: 'inline'; readonly json: string }
  | { readonly kind: 'object'; readonly key: string; readonly sizeBytes: number };

/** One move of a job: the log of a job is the list of its moves, the first at index 0 with sequence 1. */
export interface Move {
  readonly status: JobStatus;
  readonly at: number;
  readonly attempt: number;
}

/** How an attempt, or the whole job, ended badly. */
export interface Failure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly attempt: number;
}

/** That somebody wants a job to end, and what became of its attempt. */
export interface Abort {
  readonly requestedAt: number;
  readonly by: string;
  readonly reason?: string;
  /** `fenced`: nothing stopped the attempt, but no report of it counts any more. */
  readonly stopped: 'terminated' | 'fenced' | 'not-started';
  readonly childrenAborted: number;
}

/** An attempt that another one follows. The current attempt is described by the job itself. */
export interface EndedAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly failure: Failure;
}

export interface Policy {
  readonly maxAttempts: number;
  readonly backoffSeconds: number;
  readonly backoffRate: number;
  readonly retryOn?: readonly FailureCode[];
}

export interface Limits {
  readonly attemptTimeoutSeconds: number;
  readonly queueTimeoutSeconds: number;
  readonly timeoutSeconds: number;
}

/** One tracked run of one service version. Times are milliseconds since 1970. */
export interface Job {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly service: { readonly name: string; readonly version: string };
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  /** With the schema's defaults filled in. */
  readonly parameters: StoredJson;
  /** As submitted, when the defaults changed something. */
  readonly request?: StoredJson;
  readonly result?: StoredJson;
  readonly failure?: Failure;
  /** Only of a job that is aborted, or is being aborted. */
  readonly abort?: Abort;
  /** Id of the job that this one runs once more. */
  readonly rerunOf?: string;
  readonly policy: Policy;
  readonly limits: Limits;
  readonly owner: string;
  readonly traceparent: string;
  readonly requestedAt: number;
  readonly scheduledAt?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly updatedAt: number;
  /** 0 before the first attempt. */
  readonly attempt: number;
  /** How often a start was tried for the next or current attempt, from 1. */
  readonly starts: number;
  readonly nextAttemptAt?: number;
  readonly endedAttempts: readonly EndedAttempt[];
  /** Who holds the current attempt. */
  readonly claim?: { readonly executionDigest: string; readonly tokenDigest: string };
  /** A lower bound of when somebody must look at this job; absent once it has ended. */
  readonly dueAt?: number;
  readonly moves: readonly Move[];
  /** Counts the writes, from 1. */
  readonly version: number;
}

/** How many moves were made: the sequence number of the newest event. */
export function sequenceOf(job: Job): number {
  return job.moves.length;
}
