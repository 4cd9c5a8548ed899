import * as z from 'zod/mini';

/** Every way in which a job can end badly, and whether a further attempt may help (docs/guides/lifecycle.md). */
export const failureCodes = {
  'service-failed': { status: 'failed', retryable: false, title: 'The service reported a failure' },
  'invalid-result': { status: 'failed', retryable: false, title: 'The service gave an unusable result' },
  timeout: { status: 'error', retryable: true, title: 'The time limit was reached' },
  'out-of-memory': { status: 'error', retryable: true, title: 'The service ran out of memory' },
  capacity: { status: 'error', retryable: true, title: 'There was no capacity to run the job' },
  'spot-interrupted': { status: 'error', retryable: true, title: 'The machine was taken away' },
  'dispatch-failed': { status: 'error', retryable: true, title: 'The attempt could not be started' },
  lost: { status: 'error', retryable: true, title: 'The attempt was lost' },
  misconfigured: { status: 'error', retryable: false, title: 'The service is not set up rightly' },
  'image-pull': { status: 'error', retryable: false, title: "The service's image could not be fetched" },
  'dependency-failed': {
    status: 'error',
    retryable: false,
    title: 'A job that this one needs did not succeed',
  },
  'queue-timeout': { status: 'error', retryable: false, title: 'The job waited too long' },
  aborted: { status: 'aborted', retryable: false, title: 'The job was aborted' },
  'aborted-by-parent': { status: 'aborted', retryable: false, title: 'The parent job was aborted' },
  'draft-expired': { status: 'aborted', retryable: false, title: 'The draft was not started in time' },
} as const satisfies Record<
  string,
  { readonly status: 'failed' | 'error' | 'aborted'; readonly retryable: boolean; readonly title: string }
>;

export type FailureCode = keyof typeof failureCodes;

const failureCodeList = Object.keys(failureCodes) as [FailureCode, ...FailureCode[]]; // keys of a const object
export const failureCode = z.enum(failureCodeList);

/** When a further attempt follows one that ended badly. */
export const retryPolicy = z.strictObject({
  /** 1..10, default 3. */
  maxAttempts: z.optional(z.int().check(z.minimum(1), z.maximum(10))),
  /** Upper bound of the first delay, default 10; each delay is drawn evenly from 0 to its bound. */
  backoffSeconds: z.optional(z.number().check(z.minimum(0), z.maximum(3600))),
  /** What the bound is multiplied with after each attempt, default 2. */
  backoffRate: z.optional(z.number().check(z.minimum(1), z.maximum(10))),
  /** Codes that are tried again; default: those marked retryable. */
  retryOn: z.optional(z.array(failureCode).check(z.maxLength(failureCodeList.length))),
});

export type RetryPolicy = z.infer<typeof retryPolicy>;

/** Limits on how long a job may take; each has its own clock (docs/guides/lifecycle.md). */
export const timeLimits = {
  attemptTimeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(604_800))),
  queueTimeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(604_800))),
  timeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(2_592_000))),
};
