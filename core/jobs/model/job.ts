import type { JobStatus } from '../../contract/job-state.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { FailureCode, RetryPolicy } from '../../contract/policy.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';

/** JSON text on the record itself, or in the object store when it is larger than 4,096 bytes. */
export type StoredJson =
  | { readonly kind: 'inline'; readonly json: string }
  | {
      readonly kind: 'object';
      readonly key: string;
      readonly sizeBytes: number;
      /** Of a result that is no JSON, or JSON of a type of its own; `application/json` when absent. */
      readonly mediaType?: string;
    };

/** One move of a job: the log of a job is the list of its moves, the first at index 0 with sequence 1. */
export interface Transition {
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
  /** Only of `service-failed`: the error's own type, as the service reported it. Not empty. */
  readonly serviceErrorType?: string;
  /** Of a container that ended by itself. */
  readonly exitCode?: number;
  /** The dispatcher's own words. */
  readonly reason?: string;
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

/** A log stream of CloudWatch Logs, in which an attempt's output is. */
export interface AttemptLog {
  readonly group: string;
  readonly stream: string;
}

/** An attempt that another one follows. The current attempt is described by the job itself. */
export interface EndedAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly failure: Failure;
  /** The dispatcher's id of the attempt, such as an AWS Batch job id. */
  readonly dispatcherId?: string;
  readonly log?: AttemptLog;
}

/** What a draft keeps until it is started, because it may still be given another service. */
export interface Draft {
  /** The submission's own wishes, before the service's and the defaults. */
  readonly overrides: {
    readonly retry?: RetryPolicy;
    readonly attemptTimeoutSeconds?: number;
    readonly queueTimeoutSeconds?: number;
    readonly timeoutSeconds?: number;
  };
  /** Why it cannot be started; none when it is ready. */
  readonly missing: readonly Fault[];
}

/** How far the current attempt says that it is. */
export interface Progress {
  readonly stepsTotal?: number;
  readonly stepsCompleted?: number;
  /** 0 to 1; never goes down within an attempt. */
  readonly completion?: number;
  readonly message?: string;
}

/** Why a job does not go on by itself now. */
export interface WaitingReason {
  readonly code: 'dependencies' | 'capacity';
  readonly detail: string;
  readonly jobIds?: readonly string[];
}

/** How far one walk over the sub-jobs of an aborted job came, which takes more than one look when they are many. */
export interface CascadePosition {
  /** Of the last sub-job that was looked at: the next look goes on behind it. */
  readonly afterId: string;
  /** How many up to there were asked to end because of their parent. */
  readonly requested: number;
  /** Some up to there could not be asked: another walk follows this one. */
  readonly leftSome?: true;
}

/** Work on other jobs that is left when a job has ended, or is to go; the sweep goes on with it. */
export interface Cascade {
  readonly kind: 'abort-children' | 'delete';
  readonly by: string;
  readonly requestedAt: number;
  readonly reason?: string;
  /** Of a deletion: sub-jobs go too. */
  readonly withChildren?: boolean;
  /** Of a deletion: nothing stands in its way any more, and it is carried to its end; until then it may be given up. */
  readonly accepted?: true;
  /** Of an abort: absent before the first sub-job. */
  readonly place?: CascadePosition;
}

export interface ServiceReference {
  readonly name: string;
  readonly version: string;
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
  /** Longest silence of an attempt; none: it may be silent. */
  readonly heartbeatSeconds?: number;
}

/** Digests of the execution that took the attempt, and of the token that its worker was given. */
export interface Claim {
  readonly executionDigest: string;
  readonly tokenDigest: string;
  /** The one worker whose reports count, once it has reported: an AWS Batch job id. */
  readonly workerId?: string;
  /** Another run of the execution has claimed the attempt before: what that ran, if anything, is not known. */
  readonly isRepeated?: true;
}

/** What is left of the last claim that ended while its worker may still ask: after its own report, and by an abort. */
export interface EndedClaim {
  readonly tokenDigest: string;
  /** Digest of the report that ended the attempt, by which it is known when it comes again. */
  readonly outcomeDigest?: string;
}

/** One tracked run of one service version. Times are milliseconds since 1970. */
export interface Job {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  /** Absent only in a draft that names none yet. */
  readonly service?: ServiceReference;
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
  /** The job that this one is a part of. */
  readonly parentId?: string;
  /** True once a sub-job may exist. */
  readonly hasChildren?: boolean;
  /** Jobs that must have succeeded before this one may run. */
  readonly dependsOn?: readonly string[];
  /** True once another job may depend on this one. */
  readonly hasDependents?: boolean;
  /** What carries its attempts out, when it is not Lambda. */
  readonly dispatcher?: 'batch';
  /** 0 to 3600; 0 when absent. */
  readonly priority?: number;
  /** Only of a draft or a job that is ready. */
  readonly draft?: Draft;
  readonly waitingReason?: WaitingReason;
  readonly cascade?: Cascade;
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
  /** How often a start was tried for the next or current attempt; 0 while a retry waits for the reconciler to start it. */
  readonly starts: number;
  readonly nextAttemptAt?: number;
  /** Of an attempt that was given back: number of the start that had it. No execution of that start or an earlier one may claim it. */
  readonly releasedBy?: number;
  readonly endedAttempts: readonly EndedAttempt[];
  /** Who holds the current attempt. */
  readonly claim?: Claim;
  readonly endedClaim?: EndedClaim;
  /** Marks of the worker tokens that its claims issued, the newest last: whoever sends another one is not answered. */
  readonly issuedTokens?: readonly string[];
  /** The dispatcher's id of the current or last attempt, such as an AWS Batch job id. */
  readonly dispatcherId?: string;
  /** How often the reconciler tried to apply an end of the current attempt that no event reported. */
  readonly endTries?: number;
  /** Where the current or last attempt writes, once its dispatcher has told. */
  readonly log?: AttemptLog;
  readonly progress?: Progress;
  /** When the current attempt was last heard of, if it reported anything. */
  readonly reportedAt?: number;
  /** When its progress was last kept: heartbeats do not delay the next one. */
  readonly progressAt?: number;
  /** A lower bound of when somebody must look at this job; absent once it has ended. */
  readonly nextCheckAt?: number;
  readonly transitions: readonly Transition[];
  /** Counts the writes, from 1. */
  readonly version: number;
}

/** The version that a job runs; throws for a draft that names none, which nothing may run. */
export function serviceOf(job: Job): ServiceReference {
  if (job.service === undefined) throw new Error(`The job ${job.id} names no service`);
  return job.service;
}

/** How many moves were made: the sequence number of the newest event. */
export function sequenceOf(job: Job): number {
  return job.transitions.length;
}

/** A job whose current attempt is claimed. */
export type ClaimedJob = Job & { readonly claim: Claim };
