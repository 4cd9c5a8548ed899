import type { RetryPolicy } from '../../contract/policy.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job, Limits, Policy } from './job.ts';

export const defaultPolicy: Policy = { maxAttempts: 3, backoffSeconds: 10, backoffRate: 2 };

export const defaultLimits = {
  attemptTimeoutSeconds: 180,
  queueTimeoutSeconds: 3600,
  timeoutSeconds: 86_400,
} as const satisfies Limits;

type Kind = ServiceDefinition['dispatcher']['kind'];

const defaultAttemptSeconds = {
  lambda: defaultLimits.attemptTimeoutSeconds,
  batch: 3600,
} as const satisfies Record<Kind, number>;

/** An attempt of a Lambda service can take no longer (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const maxLambdaAttemptSeconds = 900;

/** Batch refuses a shorter limit (docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html). */
export const minBatchAttemptSeconds = 60;

/**
 * An Express execution ends after 300 s and cannot be caught. This leaves room for the states around the attempt, each as slow
 * as it can be (test/infra/execution/attempt-state-machine-definition.test.ts adds them up).
 */
export const maxExpressAttemptSeconds = 180;

type LimitSource = { readonly [limit in keyof Limits]?: number | undefined };

/** The job's own wishes, then those of its service, then the defaults. */
export function effectivePolicy(job: RetryPolicy | undefined, service: RetryPolicy | undefined): Policy {
  const retryOn = job?.retryOn ?? service?.retryOn;
  return {
    maxAttempts: job?.maxAttempts ?? service?.maxAttempts ?? defaultPolicy.maxAttempts,
    backoffSeconds: job?.backoffSeconds ?? service?.backoffSeconds ?? defaultPolicy.backoffSeconds,
    backoffRate: job?.backoffRate ?? service?.backoffRate ?? defaultPolicy.backoffRate,
    ...omitUndefined({ retryOn }),
  };
}

/** The same for the limits; without a service those of a Lambda service stand in, since nothing runs before it has one. */
export function effectiveLimits(job: LimitSource, service: ServiceDefinition | undefined): Limits {
  const limit = (name: keyof typeof defaultLimits) => job[name] ?? service?.[name] ?? defaultLimits[name];
  const kind = service?.dispatcher.kind ?? 'lambda';
  const attemptSeconds =
    job.attemptTimeoutSeconds ?? service?.attemptTimeoutSeconds ?? defaultAttemptSeconds[kind];
  return {
    attemptTimeoutSeconds:
      kind === 'lambda'
        ? Math.min(attemptSeconds, maxLambdaAttemptSeconds)
        : Math.max(attemptSeconds, minBatchAttemptSeconds),
    queueTimeoutSeconds: limit('queueTimeoutSeconds'),
    timeoutSeconds: limit('timeoutSeconds'),
    ...omitUndefined({ heartbeatSeconds: service?.heartbeatSeconds }),
  };
}

/** The member of a job that tells its dispatcher, which is absent when it is Lambda. */
export function dispatcherMember(service: ServiceDefinition | undefined): Pick<Job, 'dispatcher'> {
  return service?.dispatcher.kind === 'batch' ? { dispatcher: 'batch' } : {};
}

/** Which of the two routers carries the attempts of a job: it waits for those on Lambda, and for none on Batch. */
export function executionTypeFor({
  limits,
  dispatcher,
}: Pick<Job, 'limits' | 'dispatcher'>): 'express' | 'standard' {
  const isAwaited = dispatcher === undefined;
  return isAwaited && limits.attemptTimeoutSeconds > maxExpressAttemptSeconds ? 'standard' : 'express';
}
