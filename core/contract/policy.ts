import * as z from 'zod/mini';

/** All failure codes of jobs, and whether another attempt may succeed (docs/guides/lifecycle.md). */
export const failureCodes = {
  'service-failed': { status: 'failed', retryable: false, title: 'The service reported a failure' },
  'invalid-result': { status: 'failed', retryable: false, title: 'The service returned an invalid result' },
  timeout: { status: 'error', retryable: true, title: 'The time limit was exceeded' },
  'out-of-memory': { status: 'error', retryable: true, title: 'The service ran out of memory' },
  capacity: { status: 'error', retryable: true, title: 'There was no capacity to run the job' },
  'spot-interrupted': { status: 'error', retryable: true, title: 'The Spot instance was interrupted' },
  'dispatch-failed': { status: 'error', retryable: true, title: 'The attempt could not be started' },
  lost: { status: 'error', retryable: true, title: 'The attempt was lost' },
  misconfigured: { status: 'error', retryable: false, title: 'The service is misconfigured' },
  'image-pull': {
    status: 'error',
    retryable: false,
    title: "The service's container image could not be pulled",
  },
  'dependency-failed': {
    status: 'error',
    retryable: false,
    title: 'A dependency of the job did not succeed',
  },
  'queue-timeout': { status: 'error', retryable: false, title: 'No attempt started in time' },
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

/** When a failed attempt is retried. */
export const retryPolicy = z.strictObject({
  /** 1..10, default 3. */
  maxAttempts: z.optional(z.int().check(z.minimum(1), z.maximum(10))),
  /** Upper bound of the first delay, default 10; each delay is uniformly random between 0 and its bound. */
  backoffSeconds: z.optional(z.number().check(z.minimum(0), z.maximum(3600))),
  /** Factor by which the bound grows after each attempt, default 2. */
  backoffRate: z.optional(z.number().check(z.minimum(1), z.maximum(10))),
  /** Failure codes that are retried; default: those marked as retryable. */
  retryOn: z.optional(z.array(failureCode).check(z.maxLength(failureCodeList.length))),
});

export type RetryPolicy = z.infer<typeof retryPolicy>;

/** Time limits of a job; each is measured from its own start (docs/guides/lifecycle.md). */
export const timeLimits = {
  attemptTimeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(604_800))),
  queueTimeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(604_800))),
  timeoutSeconds: z.optional(z.int().check(z.minimum(1), z.maximum(2_592_000))),
};
