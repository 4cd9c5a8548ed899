import * as z from 'zod/mini';
import { jobAction } from '../job-actions.ts';
import { jobStatuses } from '../job-state.ts';
import { jsonObject, jsonValue } from '../json.ts';
import { failureCode } from '../policy.ts';
import { fault, problem } from '../problems/problem-schema.ts';
import { wellFormed } from '../well-formed.ts';
import { jobName } from './submission-schemas.ts';

export const abortRequest = z.strictObject({
  /** Shown in the job, for those who wonder. */
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(1024), wellFormed)),
});

const statusList = [...jobStatuses] as [(typeof jobStatuses)[number], ...(typeof jobStatuses)[number][]]; // not empty
export const jobStatus = z.enum(statusList);

const time = z.string();

/** RFC 9457 members without `status`, with the code of the failure. */
export const jobError = z.strictObject({
  type: z.string(),
  title: z.string(),
  detail: z.string(),
  code: failureCode,
  /** Whether a further attempt was allowed for this failure. */
  retryable: z.boolean(),
  attempt: z.int(),
  /** Only of `service-failed`: the error's own type, as the service reported it; at most 768 bytes of JSON. */
  serviceErrorType: z.optional(z.string()),
  /** Of a container that ended by itself. */
  exitCode: z.optional(z.int()),
  /** The dispatcher's own words. */
  reason: z.optional(z.string()),
});

/** Who ended the job, and what became of its attempt. */
export const jobAbort = z.strictObject({
  requestedAt: time,
  by: z.string(),
  reason: z.optional(z.string()),
  /** `fenced`: code may go on for a while, but nothing it reports counts. */
  stopped: z.enum(['terminated', 'fenced', 'not-started']),
  /** Of an attempt that its dispatcher was told to stop: its id there, such as that of an AWS Batch job. */
  dispatcherId: z.optional(z.string()),
  childrenAborted: z.int(),
});

/** One try at running a job. A job that was aborted or timed out before its first attempt has none. */
export const jobAttempt = z.strictObject({
  /** From 1. */
  number: z.int(),
  status: z.enum(['scheduled', 'executing', 'aborting', 'succeeded', 'failed', 'error', 'aborted']),
  startedAt: time,
  finishedAt: z.optional(time),
  code: z.optional(failureCode),
  detail: z.optional(z.string()),
  /** Only of `service-failed`: the error's own type, as the service reported it. */
  serviceErrorType: z.optional(z.string()),
  exitCode: z.optional(z.int()),
  reason: z.optional(z.string()),
  /** Id of the attempt at its dispatcher, such as that of an AWS Batch job. */
  dispatcherId: z.optional(z.string()),
  /** The log stream of CloudWatch Logs that holds the output of its container, once AWS Batch has told it. */
  log: z.optional(z.strictObject({ group: z.string(), stream: z.string() })),
});

export type JobAttempt = z.infer<typeof jobAttempt>;

/** How far the attempt that runs says that it is. */
export const jobProgress = z.strictObject({
  stepsTotal: z.optional(z.int().check(z.minimum(0))),
  stepsCompleted: z.optional(z.int().check(z.minimum(0))),
  /** 0 to 1; never goes down within an attempt. */
  completion: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  message: z.optional(z.string().check(z.maxLength(1024), wellFormed)),
});

/** Why a job does not go on by itself now. */
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
  /** Left out in a draft that names none yet. */
  service: z.optional(z.strictObject({ name: z.string(), version: z.string() })),
  tags: z.array(z.string()),
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
  /** 0 to 3600 seconds of head start. */
  priority: z.int(),
  progress: z.optional(jobProgress),
  waitingReason: z.optional(waitingReason),
  parentId: z.optional(z.string()),
  owner: z.string(),
  version: z.int(),
  links: z.record(z.string(), z.string()),
};

/**
 * A job as it is shown to a key without `jobs:read`: that it is there, its state and its times. Nothing that was sent is
 * repeated, since somebody else may have sent it.
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
  /** To the job itself and to nothing else. */
  links: z.strictObject({ self: z.string() }),
});

export type JobReceipt = z.infer<typeof jobReceipt>;

/** A job in a list: without parameters, result and error detail. */
export const jobSummary = z.strictObject(summaryShape);

/** What became of each submission of a batch, in the order of the request. */
export const submittedBatch = z.strictObject({
  items: z.array(
    z.union([z.strictObject({ job: z.union([jobSummary, jobReceipt]) }), z.strictObject({ problem })]),
  ),
});

export type SubmittedBatch = z.infer<typeof submittedBatch>;

export const jobRepresentation = z.strictObject({
  ...summaryShape,
  /** Left out, with a `request` link, when larger than 32 KB. */
  parameters: z.optional(jsonValue),
  /** Left out, with a `result` link, when larger than 32 KB. */
  result: z.optional(jsonValue),
  resultMediaType: z.optional(z.string()),
  error: z.optional(jobError),
  abort: z.optional(jobAbort),
  /** Id of the job that this one runs once more. */
  rerunOf: z.optional(z.string()),
  /** Ids of the jobs that must have succeeded before this one may run. */
  dependsOn: z.optional(z.array(z.string())),
  /** How many sub-jobs there are, and in which states, counted to 1,000; only when a single job is asked for. */
  children: z.optional(z.strictObject({ total: z.int(), byStatus: z.record(z.string(), z.int()) })),
  /** Only of a draft and of a job that is ready: what must be mended before it can be started. */
  missing: z.optional(z.array(fault)),
  traceparent: z.string(),
  actions: z.array(jobAction),
});

/** What a route that changes a job answers: the job to a key with `jobs:read`, a receipt to any other. */
export const shownJob = z.union([jobRepresentation, jobReceipt]);

export type JobRepresentation = z.infer<typeof jobRepresentation>;
export type JobSummary = z.infer<typeof jobSummary>;
