import type { JobStatus } from '../../contract/job-state.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { FailureCode, RetryPolicy } from '../../contract/policy.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';

/** JSON text on the record itself, or in the object store when it is larger than 4,096 bytes. */
export type StoredJson =
  | { readonly kind: 'inline'; readonly json: string }
  | {
      readonly kind: 'object';
      readonly key: string;
      readonly sizeBytes: number;
      /** Only of a result that is not plain JSON; `application/json` if absent. */
      readonly mediaType?: string;
    };

/**
 * One transition of a job. The log of a job is the list of its transitions; the first has sequence number 1.
 */
export interface Transition {
  readonly status: JobStatus;
  readonly at: number;
  readonly attempt: number;
}

/** Why an attempt or the job failed. */
export interface Failure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly attempt: number;
  /** Only of `service-failed`: the error type that the service reported. Not empty. */
  readonly serviceErrorType?: string;
  /** Of a container that exited by itself. */
  readonly exitCode?: number;
  /** The reason as the dispatcher reported it. */
  readonly reason?: string;
}

/** A request to abort the job, and how its attempt was stopped. */
export interface Abort {
  readonly requestedAt: number;
  readonly by: string;
  readonly reason?: string;
  /** `fenced`: the attempt was not stopped, but its reports are refused. */
  readonly stopped: 'terminated' | 'fenced' | 'not-started';
  readonly childrenAborted: number;
}

/** The CloudWatch Logs stream that contains the output of an attempt. */
export interface AttemptLog {
  readonly group: string;
  readonly stream: string;
}

/** The run of a function for an attempt, by which its lines are found in the log group of the function. */
export interface Invocation {
  readonly requestId: string;
  /** The log stream, if the function reported it. */
  readonly stream?: string;
  /** The log group, if the function reported another than the default of its name. */
  readonly group?: string;
}

/** An attempt that was followed by another. The job itself describes the current attempt. */
export interface EndedAttempt {
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly failure: Failure;
  /** The dispatcher's id of the attempt, such as an AWS Batch job id. */
  readonly dispatcherId?: string;
  readonly log?: AttemptLog;
  readonly invocation?: Invocation;
}

/** Data of a draft that is needed until it is started, because its service may still change. */
export interface Draft {
  /** The values of the submission, without those of the service and the defaults. */
  readonly overrides: {
    readonly retry?: RetryPolicy;
    readonly attemptTimeoutSeconds?: number;
    readonly queueTimeoutSeconds?: number;
    readonly timeoutSeconds?: number;
  };
  /** Why it cannot be started; empty if it is ready. */
  readonly missing: readonly Violation[];
}

/** The progress that the current attempt reported. */
export interface Progress {
  readonly stepsTotal?: number;
  readonly stepsCompleted?: number;
  /** 0 to 1; never goes down within an attempt. */
  readonly completion?: number;
  readonly message?: string;
}

/** Why a job cannot run at present. */
export interface WaitingReason {
  readonly code: 'dependencies' | 'capacity';
  readonly detail: string;
  readonly jobIds?: readonly string[];
}

/**
 * The position in one traversal of the sub-jobs of an aborted job. The abort call starts the traversal, and the
 * reconciler continues it, with many sub-jobs in several passes.
 */
export interface CascadePosition {
  /** Id of the last sub-job that was processed; the traversal continues after it. */
  readonly afterId: string;
  /** Number of sub-jobs up to there whose abort was requested because of their parent. */
  readonly requested: number;
  /** Some sub-jobs up to there could not be aborted: another traversal follows this one. */
  readonly leftSome?: true;
}

/** Work on other jobs that remains when a job has ended or is being deleted; the reconciler continues it. */
export interface Cascade {
  readonly kind: 'abort-children' | 'delete';
  readonly by: string;
  readonly requestedAt: number;
  readonly reason?: string;
  /** Only of a deletion: sub-jobs are deleted too. */
  readonly withChildren?: boolean;
  /** Only of a deletion: the data objects that the job wrote are deleted too. */
  readonly withOutputs?: boolean;
  /** Only of a deletion: the data objects that the job uses are deleted too, unless another job uses or wrote them. */
  readonly withInputs?: boolean;
  /**
   * Only of a deletion: nothing blocks it, and it will be completed. A deletion that is not accepted may be
   * cancelled.
   */
  readonly accepted?: true;
  /** Only of a deletion: the IDs in `inputs`, kept before the object that contains them is deleted. */
  readonly inputIds?: InputIds;
  /** Only of an abort: absent before the first sub-job. */
  readonly position?: CascadePosition;
}

/** A data object that a job uses as input, with the values that it had when it was attached to the job. */
export interface JobInput {
  readonly id: string;
  /** Absent, like the other members, in a draft that names a data object that does not exist. */
  readonly name?: string;
  readonly mediaType?: string;
  /** Absent in a draft while the size of the content is not known. */
  readonly sizeBytes?: number;
}

/** The inputs of a job by the names of their slots. A slot without data objects is absent. */
export type JobInputs = Readonly<Record<string, readonly JobInput[]>>;

/** The IDs of data objects by the names of their input slots, in their order. A slot without data objects is absent. */
export type InputIds = Readonly<Record<string, readonly string[]>>;

/** The AWS service that carries out attempts. */
export type DispatcherKind = ServiceDefinition['dispatcher']['kind'];

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
  /** Longest time without a report of the attempt; unlimited if absent. */
  readonly heartbeatSeconds?: number;
}

/** Digests of the execution that claimed the attempt and of the token of its worker. */
export interface Claim {
  readonly executionDigest: string;
  readonly tokenDigest: string;
  /** Id of the only worker whose reports are accepted, once it has reported: an AWS Batch job id. */
  readonly workerId?: string;
  /**
   * Another run of the execution claimed the attempt before; it is not known whether that run started
   * anything.
   */
  readonly isRepeated?: true;
}

/**
 * The last claim after its end, kept while its worker may still call: after the worker's own report, or an
 * abort.
 */
export interface EndedClaim {
  readonly tokenDigest: string;
  /** Digest of the report that ended the attempt; identifies a repeated report. */
  readonly reportDigest?: string;
}

/** One tracked run of one service version. Times are epoch milliseconds. */
export interface Job {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  /** Absent only in a draft without a service. */
  readonly service?: ServiceReference;
  /**
   * See `definitionDigest`. Only of a job that was started with a development version, whose definition may be
   * replaced while the job runs.
   */
  readonly definitionDigest?: string;
  readonly tags: readonly string[];
  /** The group whose counts include the job; it never changes. */
  readonly group?: string;
  readonly metadata: JsonObject;
  /** The members of `metadata` by which lists find the job, as its service defined; absent if there are none. */
  readonly indexedMetadata?: readonly string[];
  /** With the defaults of the schema filled in. */
  readonly parameters: StoredJson;
  /** The submitted parameters, if the defaults changed them. */
  readonly request?: StoredJson;
  /** JSON text of `JobInputs`; absent if the job uses no data objects. */
  readonly inputs?: StoredJson;
  /** True once a data object that the job wrote may exist. */
  readonly hasOutputs?: boolean;
  readonly result?: StoredJson;
  readonly failure?: Failure;
  /** Only of a job that was aborted or is being aborted. */
  readonly abort?: Abort;
  /** Id of the job of which this one is a rerun. */
  readonly rerunOf?: string;
  /** ID of its latest rerun, which may have been deleted since; see `recordReruns`. */
  readonly rerunAs?: string;
  /**
   * What the result depends on: see `contentMember`. Only of a started job of a deterministic service whose inputs have comparable
   * contents.
   */
  readonly contentDigest?: string;
  /** ID of the job whose result this one has, without an attempt of its own. */
  readonly reusedFrom?: string;
  /** Number of the attempt of that job that wrote its outputs, which this job shows; absent if it has none. */
  readonly reusedAttempt?: number;
  /** Id of the parent job. */
  readonly parentId?: string;
  /** True once a sub-job may exist. */
  readonly hasChildren?: boolean;
  /** Jobs that must have succeeded before this one may run. */
  readonly dependsOn?: readonly string[];
  /** True once another job may depend on this one. */
  readonly hasDependents?: boolean;
  /** The dispatcher of its attempts; absent for Lambda. */
  readonly dispatcher?: Exclude<DispatcherKind, 'lambda'>;
  /** 0 to 3600; 0 when absent. */
  readonly priority?: number;
  /** Only of a job in the state `draft` or `ready`. */
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
  /**
   * Number of the last start of the current or next attempt, or of its first start if that is still to come;
   * 0 while a retry waits for the reconciler to start it.
   */
  readonly starts: number;
  readonly nextAttemptAt?: number;
  /**
   * The number of the start whose attempt was released. No execution of this start or an earlier one may claim
   * the attempt again.
   */
  readonly releasedAtStart?: number;
  readonly endedAttempts: readonly EndedAttempt[];
  /** The claim of the current attempt. */
  readonly claim?: Claim;
  readonly endedClaim?: EndedClaim;
  /** Of the worker tokens that were issued, the newest last. A request with any other token is refused. */
  readonly issuedTokenFingerprints?: readonly string[];
  /** The dispatcher's id of the current or last attempt, such as an AWS Batch job id. */
  readonly dispatcherId?: string;
  /** Number of tries of the reconciler to apply an end of the current attempt that no event reported. */
  readonly applyEndTries?: number;
  /** The log of the current or last attempt, once its dispatcher has reported it. */
  readonly log?: AttemptLog;
  /** Only on Lambda: the invocation of the current or last attempt, once it has been reported. */
  readonly invocation?: Invocation;
  readonly progress?: Progress;
  /** When the last report of the current attempt was recorded; absent before the first. */
  readonly reportedAt?: number;
  /** When its progress was last written; heartbeats do not delay the next progress. */
  readonly progressAt?: number;
  /**
   * When the reconciler checks the job next, at the latest; absent once the job has ended without work left on
   * other jobs.
   */
  readonly nextCheckAt?: number;
  readonly transitions: readonly Transition[];
  /** Counts the writes, from 1. */
  readonly version: number;
}

/** The service version of a job. Throws for a draft without a service, which cannot run. */
export function serviceOf(job: Job): ServiceReference {
  if (job.service === undefined) throw new Error(`The job ${job.id} names no service`);
  return job.service;
}

/** The number of transitions: the sequence number of the newest event. */
export function sequenceOf(job: Job): number {
  return job.transitions.length;
}

/** A job whose current attempt is claimed. */
export type ClaimedJob = Job & { readonly claim: Claim };
