import * as z from 'zod/mini';
import { jobAction } from '../job-actions.ts';
import { jobStatuses } from '../job-state.ts';
import { jsonObject, jsonValue } from '../json.ts';
import { failureCode } from '../policy.ts';
import { problem, violation } from '../problems/problem-schema.ts';
import { wellFormed } from '../well-formed.ts';
import { shownInput, shownOutputs } from './slot-schemas.ts';
import { jobName } from './submission-schemas.ts';

export const abortRequest = z.strictObject({
  /** Why the job is aborted; shown in the job. */
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(1024), wellFormed)),
});

const statusList = [...jobStatuses] as [(typeof jobStatuses)[number], ...(typeof jobStatuses)[number][]]; // not empty
export const jobStatus = z.enum(statusList);

const time = z.string();

/** A failure: the members of RFC 9457 without `status`, and the failure code. */
export const jobError = z.strictObject({
  type: z.string(),
  title: z.string(),
  detail: z.string(),
  code: failureCode,
  /** Whether this failure may be retried, regardless of how many attempts are left. */
  retryable: z.boolean(),
  attempt: z.int(),
  /** Only of `service-failed`: the error type that the service reported, at most 768 bytes of JSON. */
  serviceErrorType: z.optional(z.string()),
  /** Exit code of a container that exited by itself. */
  exitCode: z.optional(z.int()),
  /** The reason as the dispatcher states it. */
  reason: z.optional(z.string()),
});

/** Who aborted the job, and what happened to its attempt. */
export const jobAbort = z.strictObject({
  requestedAt: time,
  by: z.string(),
  reason: z.optional(z.string()),
  /** `fenced`: the code may run on for a while, but its reports are ignored. */
  stopped: z.enum(['terminated', 'fenced', 'not-started']),
  /** ID of the stopped attempt at its dispatcher, such as that of an AWS Batch job. */
  dispatcherId: z.optional(z.string()),
  childrenAborted: z.int(),
});

/** One attempt to run a job. A job that was aborted or timed out before its first attempt has none. */
export const jobAttempt = z.strictObject({
  /** Starts at 1. */
  number: z.int(),
  status: z.enum(['scheduled', 'executing', 'aborting', 'succeeded', 'failed', 'error', 'aborted']),
  startedAt: time,
  finishedAt: z.optional(time),
  code: z.optional(failureCode),
  detail: z.optional(z.string()),
  /** Only of `service-failed`: the error type that the service reported. */
  serviceErrorType: z.optional(z.string()),
  exitCode: z.optional(z.int()),
  reason: z.optional(z.string()),
  /** ID of the attempt at its dispatcher, such as that of an AWS Batch job. */
  dispatcherId: z.optional(z.string()),
  /** Where CloudWatch Logs has the output: a stream of a container, or a request ID in the log group of a function. */
  log: z.optional(
    z.strictObject({
      group: z.optional(z.string()),
      stream: z.optional(z.string()),
      requestId: z.optional(z.string()),
    }),
  ),
});

export type JobAttempt = z.infer<typeof jobAttempt>;

/** The progress that the running attempt reported. */
export const jobProgress = z.strictObject({
  stepsTotal: z.optional(z.int().check(z.minimum(0))),
  stepsCompleted: z.optional(z.int().check(z.minimum(0))),
  /** 0 to 1; never decreases within an attempt. */
  completion: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  message: z.optional(z.string().check(z.maxLength(1024), wellFormed)),
});

/** Why a job currently does not proceed. */
const waitingReason = z.strictObject({
  code: z.enum(['dependencies', 'capacity']),
  detail: z.string(),
  jobIds: z.optional(z.array(z.string())),
});

const summaryShape = {
  id: z.string(),
  urn: z.string(),
  name: jobName,
  status: jobStatus,
  /** Absent in a draft without a service. */
  service: z.optional(z.strictObject({ name: z.string(), version: z.string() })),
  tags: z.array(z.string()),
  group: z.optional(z.string()),
  metadata: jsonObject,
  requestedAt: time,
  scheduledAt: z.optional(time),
  startedAt: z.optional(time),
  finishedAt: z.optional(time),
  updatedAt: time,
  /** 0 before the first attempt. */
  attempt: z.int(),
  maxAttempts: z.int(),
  nextAttemptAt: z.optional(time),
  /**
   * 0 to 3600: of the jobs of a tenant that wait for capacity, the one with the highest priority starts
   * first.
   */
  priority: z.int(),
  progress: z.optional(jobProgress),
  waitingReason: z.optional(waitingReason),
  parentId: z.optional(z.string()),
  /** ID of the job that this job reruns. */
  rerunOf: z.optional(z.string()),
  /** ID of the latest rerun of this job, also if that rerun was deleted; set about a second after its creation. */
  rerunAs: z.optional(z.string()),
  owner: z.string(),
  version: z.int(),
  links: z.record(z.string(), z.string()),
};

/**
 * A job as shown to a key without `jobs:read`: its existence, state and times. It contains nothing of the
 * submission, which may have been sent by another caller.
 */
export const jobReceipt = z.strictObject({
  id: summaryShape.id,
  urn: summaryShape.urn,
  status: summaryShape.status,
  requestedAt: summaryShape.requestedAt,
  scheduledAt: summaryShape.scheduledAt,
  startedAt: summaryShape.startedAt,
  finishedAt: summaryShape.finishedAt,
  updatedAt: summaryShape.updatedAt,
  nextAttemptAt: summaryShape.nextAttemptAt,
  /** Only a link to the job itself. */
  links: z.strictObject({ self: z.string() }),
});

export type JobReceipt = z.infer<typeof jobReceipt>;

/** A job in a list: without parameters and result, and with the first 300 characters of its error. */
export const jobSummary = z.strictObject({
  ...summaryShape,
  error: z.optional(z.strictObject({ code: failureCode, detail: z.string() })),
});

/** A job in the response of a route that creates several: a summary for a key with `jobs:read`, otherwise a receipt. */
export const jobSummaryOrReceipt = z.union([jobSummary, jobReceipt]);

/** The outcome of one submission of a bulk request: the accepted job, or why it was rejected. */
export const bulkOutcome = z.union([
  z.strictObject({ job: jobSummaryOrReceipt }),
  z.strictObject({ problem }),
]);

/** The outcome of each submission of a bulk request, in the order of the request. */
export const bulkSubmissionResponse = z.strictObject({ items: z.array(bulkOutcome) });

export type BulkSubmissionResponse = z.infer<typeof bulkSubmissionResponse>;

export const jobRepresentation = z.strictObject({
  ...summaryShape,
  /** Omitted when larger than 32 KB; the `request` link leads to them. */
  parameters: z.optional(jsonValue),
  /** The data objects that the job reads, by input slot; absent if there are none. */
  inputs: z.optional(z.record(z.string(), z.array(shownInput))),
  /** The data objects that the job has written, by output slot; only in the response to `getJob`, absent if there are none. */
  outputs: z.optional(shownOutputs),
  /** Omitted when larger than 32 KB; the `result` link leads to it. */
  result: z.optional(jsonValue),
  resultMediaType: z.optional(z.string()),
  error: z.optional(jobError),
  abort: z.optional(jobAbort),
  /** ID of the job whose result this one has, without an attempt of its own. */
  reusedFrom: z.optional(z.string()),
  /** IDs of the jobs that must succeed before this job can run. */
  dependsOn: z.optional(z.array(z.string())),
  /** Number of sub-jobs, in total and by state, counted up to 1,000; only in the response to `getJob`. */
  children: z.optional(z.strictObject({ total: z.int(), byStatus: z.record(z.string(), z.int()) })),
  /** Only of a `draft` or `ready` job: the errors to fix before it can be started. */
  missing: z.optional(z.array(violation)),
  traceparent: z.string(),
  actions: z.array(jobAction),
});

/** The response of a route that changes a job: the job for a key with `jobs:read`, otherwise a receipt. */
export const jobOrReceipt = z.union([jobRepresentation, jobReceipt]);

export type JobRepresentation = z.infer<typeof jobRepresentation>;
export type JobSummary = z.infer<typeof jobSummary>;
