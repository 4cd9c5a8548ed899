import * as z from 'zod/mini';
import { jsonValue } from '../json.ts';
import { mediaType } from '../media-type.ts';
import { wellFormed } from '../well-formed.ts';
import {
  dataName,
  dataStatuses,
  dataUpload,
  maxDataBytes,
  sha256,
  uploadCompletion,
} from './data-schemas.ts';
import { jobProgress } from './job-schemas.ts';
import { submission } from './submission-schemas.ts';

/**
 * Limit of a single S3 upload (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html).
 */
const maxUploadBytes = 5_368_709_120;

/** The body of a heartbeat, which has no members. */
export const heartbeat = z.strictObject({});

const { parentId: _, ...childShape } = submission.shape;

/** A request for a sub-job of the worker's own job: a submission without a parent. */
export const childSubmission = z.strictObject(childShape);

export type ChildSubmission = z.infer<typeof childSubmission>;

/** The changes since the last report; members that are absent keep their last value. */
export const progressReport = jobProgress.check(
  z.refine(
    ({ stepsTotal, stepsCompleted }) =>
      stepsTotal === undefined || stepsCompleted === undefined || stepsCompleted <= stepsTotal,
    { error: 'must not be greater than stepsTotal', path: ['stepsCompleted'] },
  ),
);

export type ProgressReport = z.infer<typeof progressReport>;

/** The media type and exact size of a result to upload, 0 bytes to 5 GiB. */
export const resultUploadRequest = z.strictObject({
  mediaType,
  sizeBytes: z.int().check(z.minimum(0), z.maximum(maxUploadBytes)),
});

export type ResultUploadRequest = z.infer<typeof resultUploadRequest>;

/** The result itself, or the reference of an uploaded result. */
export const completion = z.union([
  z.strictObject({ result: jsonValue }),
  z.strictObject({ resultReference: z.string().check(z.minLength(1), z.maxLength(256)), mediaType }),
]);

export type Completion = z.infer<typeof completion>;

/** A failure that the service reports; `type` is a stable name by which callers can distinguish failures. */
export const failureReport = z.strictObject({
  message: z.string().check(z.minLength(1), z.maxLength(4000), wellFormed),
  type: z.optional(z.string().check(z.minLength(1), z.maxLength(128), wellFormed)),
  /** True requests another attempt, if the job's retry policy has one left. */
  retryable: z.optional(z.boolean()),
});

export type FailureReport = z.infer<typeof failureReport>;

/** `abort` is true when the attempt is no longer needed, so the worker should stop. */
export const workerResponse = z.strictObject({ abort: z.boolean() });

export type WorkerResponse = z.infer<typeof workerResponse>;

/** The URL to PUT the result to, and the reference for the completion of the attempt. */
export const resultUpload = z.strictObject({
  uploadUrl: z.string(),
  reference: z.string(),
  abort: z.boolean(),
});

/** An input of the job, with a URL from which it can be read until the URL expires, also in ranges. */
export const workerInput = z.strictObject({
  id: z.string(),
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  url: z.string(),
  expiresAt: z.string(),
});

/** The inputs of the job by the names of all input slots of the service; an empty slot has an empty list. */
export const workerInputs = z.record(z.string(), z.array(workerInput));

export type WorkerInputs = z.infer<typeof workerInputs>;

/** A data object that the attempt writes to an output slot. */
export const outputRequest = z.strictObject({
  name: dataName,
  /** Default: `application/octet-stream`. */
  mediaType: z.optional(mediaType),
  /** Absent if the size is not known in advance. */
  sizeBytes: z.optional(z.int().check(z.minimum(0), z.maximum(maxDataBytes))),
});

export type OutputRequest = z.infer<typeof outputRequest>;

/** The new data object, and how to upload its content. */
export const outputUpload = z.strictObject({ id: z.string(), upload: dataUpload, abort: z.boolean() });

export type OutputUpload = z.infer<typeof outputUpload>;

/** Completes the upload of an output. */
export const outputCompletion = z.strictObject({
  ...uploadCompletion.shape,
  /** SHA-256 of the content as the worker computed it, in hexadecimal. */
  sha256: z.optional(sha256),
});

export type OutputCompletion = z.infer<typeof outputCompletion>;

/** An output after the request to complete its upload. */
export const completedOutput = z.strictObject({
  id: z.string(),
  status: z.enum(dataStatuses),
  sizeBytes: z.optional(z.int()),
  abort: z.boolean(),
});

export type CompletedOutput = z.infer<typeof completedOutput>;

/**
 * The request header that identifies a worker: an AWS Batch container sends its `AWS_BATCH_JOB_ID`, a Lambda
 * function does not send the header.
 */
export const workerIdHeader = 'errand-worker-id';

/**
 * The request header with which a Lambda function names the log of its run: the request ID, the log group and the log stream of the
 * context, separated by spaces. A malformed value is ignored.
 */
export const invocationHeader = 'errand-invocation';

/** 1 to 128 printable ASCII characters without spaces. */
export const workerId = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters without spaces'));
