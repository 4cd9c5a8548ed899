import type { RetryPolicy } from '../../contract/policy.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { DispatcherKind, Job, Limits, Policy } from './job.ts';

export const defaultPolicy: Policy = { maxAttempts: 3, backoffSeconds: 10, backoffRate: 2 };

export const defaultLimits = {
  attemptTimeoutSeconds: 180,
  queueTimeoutSeconds: 3600,
  timeoutSeconds: 86_400,
} as const satisfies Limits;

/**
 * Maximum duration of a Lambda function (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
const maxLambdaAttemptSeconds = 900;

/** AWS Batch rejects a shorter limit (docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html). */
export const minBatchAttemptSeconds = 60;

/** The duration of an attempt by dispatcher: the default, and the range to which every value is limited. */
const attemptSeconds: Readonly<Record<DispatcherKind, { default: number; min: number; max: number }>> = {
  lambda: { default: defaultLimits.attemptTimeoutSeconds, min: 0, max: maxLambdaAttemptSeconds },
  batch: { default: 3600, min: minBatchAttemptSeconds, max: Number.POSITIVE_INFINITY },
};

/**
 * An Express execution ends after 300 s, and that cannot be caught. This limit leaves time for the states
 * around the attempt at their slowest (test/infra/execution/attempt-state-machine-definition.test.ts adds
 * them up).
 */
export const maxExpressAttemptSeconds = 180;

type LimitSource = { readonly [limit in keyof Limits]?: number | undefined };

/** The retry policy: overrides of the job first, then the values of the service, then the defaults. */
export function effectivePolicy(job: RetryPolicy | undefined, service: RetryPolicy | undefined): Policy {
  const retryOn = job?.retryOn ?? service?.retryOn;
  return {
    maxAttempts: job?.maxAttempts ?? service?.maxAttempts ?? defaultPolicy.maxAttempts,
    backoffSeconds: job?.backoffSeconds ?? service?.backoffSeconds ?? defaultPolicy.backoffSeconds,
    backoffRate: job?.backoffRate ?? service?.backoffRate ?? defaultPolicy.backoffRate,
    ...omitUndefined({ retryOn }),
  };
}

/**
 * The limits, by the same precedence. A job without a service gets the defaults of Lambda; it cannot run before it
 * has one.
 */
export function effectiveLimits(job: LimitSource, service: ServiceDefinition | undefined): Limits {
  const limit = (name: keyof typeof defaultLimits) => job[name] ?? service?.[name] ?? defaultLimits[name];
  const range = attemptSeconds[service?.dispatcher.kind ?? 'lambda'];
  const requestedSeconds = job.attemptTimeoutSeconds ?? service?.attemptTimeoutSeconds ?? range.default;
  return {
    attemptTimeoutSeconds: Math.min(Math.max(requestedSeconds, range.min), range.max),
    queueTimeoutSeconds: limit('queueTimeoutSeconds'),
    timeoutSeconds: limit('timeoutSeconds'),
    ...omitUndefined({ heartbeatSeconds: service?.heartbeatSeconds }),
  };
}

/** The `dispatcher` member of a job; absent for Lambda. */
export function dispatcherMember(service: ServiceDefinition | undefined): Pick<Job, 'dispatcher'> {
  const kind = service?.dispatcher.kind ?? 'lambda';
  return kind === 'lambda' ? {} : { dispatcher: kind };
}

/** The `indexedMetadata` member of a job; absent if its service indexes nothing. */
export function indexedMember(definition: ServiceDefinition | undefined): Pick<Job, 'indexedMetadata'> {
  const names = [...new Set(definition?.indexedMetadata)];
  return names.length === 0 ? {} : { indexedMetadata: names };
}

/**
 * The type of the execution that carries out an attempt. It waits for a Lambda attempt, but never for a Batch
 * attempt.
 */
export function executionTypeFor({
  limits,
  dispatcher,
}: Pick<Job, 'limits' | 'dispatcher'>): 'express' | 'standard' {
  const isAwaited = dispatcher === undefined;
  return isAwaited && limits.attemptTimeoutSeconds > maxExpressAttemptSeconds ? 'standard' : 'express';
}
