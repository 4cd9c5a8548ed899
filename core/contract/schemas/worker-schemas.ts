import * as z from 'zod/mini';
import { jsonValue } from '../json.ts';
import { wellFormed } from '../well-formed.ts';
import { jobProgress } from './job-schemas.ts';
import { submission } from './submission-schemas.ts';

/** One S3 upload holds no more (https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html). */
const maxUploadBytes = 5_368_709_120;

/** Type and subtype with parameters, such as `text/csv; charset=utf-8` (RFC 9110, 8.3.1). */
const mediaType = z
  .string()
  .check(
    z.maxLength(128),
    z.regex(
      /^[a-zA-Z0-9!#$&^_.+-]+\/[a-zA-Z0-9!#$&^_.+-]+(?: *; *[a-zA-Z0-9!#$&^_.+-]+=(?:[a-zA-Z0-9!#$&^_.+-]+|"[a-zA-Z0-9 !#$&^_.+:;/=-]*"))*$/,
      'must be a media type such as text/csv',
    ),
  );

/** A request that says nothing but that its sender is there. */
export const heartbeat = z.strictObject({});

const { parentId: _, ...childShape } = submission.shape;

/** A request for a sub-job of the worker's own job: a submission without a parent. */
export const childSubmission = z.strictObject(childShape);

export type ChildSubmission = z.infer<typeof childSubmission>;

/** What has changed since the last report; what is left out stays as it was told. */
export const progressReport = jobProgress.check(
  z.refine(
    ({ stepsTotal, stepsCompleted }) =>
      stepsTotal === undefined || stepsCompleted === undefined || stepsCompleted <= stepsTotal,
    { error: 'must not be more than stepsTotal', path: ['stepsCompleted'] },
  ),
);

export type ProgressReport = z.infer<typeof progressReport>;

/** A result that is to be uploaded: 0 bytes to 5 GiB, and exactly as large as is said here. */
export const resultUploadRequest = z.strictObject({
  mediaType,
  sizeBytes: z.int().check(z.minimum(0), z.maximum(maxUploadBytes)),
});

export type ResultUploadRequest = z.infer<typeof resultUploadRequest>;

/** The result itself, or the reference of one that was uploaded. */
export const completion = z.union([
  z.strictObject({ result: jsonValue }),
  z.strictObject({ resultReference: z.string().check(z.minLength(1), z.maxLength(256)), mediaType }),
]);

export type Completion = z.infer<typeof completion>;

/** A failure in the service's own words; the type is a stable word that callers can tell failures apart by. */
export const failureReport = z.strictObject({
  message: z.string().check(z.minLength(1), z.maxLength(4000), wellFormed),
  type: z.optional(z.string().check(z.minLength(1), z.maxLength(128), wellFormed)),
  /** True asks for another attempt, as far as the job's policy has one left. */
  retryable: z.optional(z.boolean()),
});

export type FailureReport = z.infer<typeof failureReport>;

/** `abort`: nobody waits for this attempt any more, so it should stop. */
export const workerAnswer = z.strictObject({ abort: z.boolean() });

export type WorkerAnswer = z.infer<typeof workerAnswer>;

/** Where to PUT the result, and by what name to complete with it. */
export const resultUpload = z.strictObject({
  uploadUrl: z.string(),
  reference: z.string(),
  abort: z.boolean(),
});

/**
 * The header by which a worker names itself: an AWS Batch container sends its `AWS_BATCH_JOB_ID`, a Lambda function
 * sends none.
 */
export const workerIdHeader = 'errand-worker-id';

/** 1 to 128 printable characters of ASCII. */
export const workerId = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters without spaces'));
