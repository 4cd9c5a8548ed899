import * as z from 'zod/mini';
import { jobAction } from './job-actions.ts';
import { jobStatuses } from './job-state.ts';
import { jsonObject, jsonValue } from './json.ts';
import { failureCode, retryPolicy, timeLimits } from './policy.ts';
import { problem } from './problem-schema.ts';
import { tags } from './service-schemas.ts';
import { wellFormed } from './well-formed.ts';

const name = z.string().check(z.minLength(1), z.maxLength(256), wellFormed);

/** A request for a job. The parameters are checked against the service's own schema. */
export const submission = z.strictObject({
  service: z.union([
    z.string().check(z.minLength(1), z.maxLength(2048)),
    z.strictObject({
      name: z.string().check(z.minLength(1), z.maxLength(63)),
      version: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
    }),
  ]),
  name: z.optional(name),
  tags: z.optional(tags),
  parameters: z.optional(jsonValue),
  retry: z.optional(retryPolicy),
  ...timeLimits,
  /** Free JSON for the caller's own use: at most 4,096 bytes. */
  metadata: z.optional(jsonObject),
});

export type Submission = z.infer<typeof submission>;

const maxBatchJobs = 100;

/** A request for several jobs at once, as the document shows it. */
export const submissionBatch = batchOf(submission);

/** The same with items that are still to be read one by one: a fault in one is no fault of the others. */
export const unreadBatch = batchOf(z.unknown());

function batchOf<Item extends z.ZodMiniType>(item: Item) {
  return z.strictObject({ jobs: z.array(item).check(z.minLength(1), z.maxLength(maxBatchJobs)) });
}

/** What a rerun changes of a submission; parameters are replaced whole, the members of `retry` one by one. */
export const rerunRequest = z.partial(submission);

export type RerunRequest = z.infer<typeof rerunRequest>;

export const abortRequest = z.strictObject({
  /** Shown in the job, for those who wonder. */
  reason: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
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
});

/** Who ended the job, and what became of its attempt. */
export const jobAbort = z.strictObject({
  requestedAt: time,
  by: z.string(),
  reason: z.optional(z.string()),
  /** `fenced`: code may go on for a while, but nothing it reports counts. */
  stopped: z.enum(['terminated', 'fenced', 'not-started']),
  childrenAborted: z.int(),
});

/** One try at running a job. A job that was aborted or timed out before its first attempt has none. */
export const jobAttempt = z.strictObject({
  /** From 1. */
  number: z.int(),
  status: z.enum(['executing', 'succeeded', 'failed', 'error', 'aborted']),
  startedAt: time,
  finishedAt: z.optional(time),
  code: z.optional(failureCode),
  detail: z.optional(z.string()),
});

export type JobAttempt = z.infer<typeof jobAttempt>;

const summaryShape = {
  id: z.string(),
  urn: z.string(),
  name,
  status: jobStatus,
  service: z.strictObject({ name: z.string(), version: z.string() }),
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
  owner: z.string(),
  version: z.int(),
  links: z.record(z.string(), z.string()),
};

/** A job in a list: without parameters, result and error detail. */
export const jobSummary = z.strictObject(summaryShape);

/** What became of each submission of a batch, in the order of the request. */
export const submittedBatch = z.strictObject({
  items: z.array(z.union([z.strictObject({ job: jobSummary }), z.strictObject({ problem })])),
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
  traceparent: z.string(),
  actions: z.array(jobAction),
});

export type JobRepresentation = z.infer<typeof jobRepresentation>;
export type JobSummary = z.infer<typeof jobSummary>;
