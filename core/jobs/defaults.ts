import type { RetryPolicy } from '../contract/policy.ts';
import type { ServiceDefinition } from '../contract/service-schemas.ts';
import type { Limits, Policy } from './job.ts';

export const defaultPolicy: Policy = { maxAttempts: 3, backoffSeconds: 10, backoffRate: 2 };

export const defaultLimits: Limits = {
  attemptTimeoutSeconds: 240,
  queueTimeoutSeconds: 3600,
  timeoutSeconds: 86_400,
};

/** An attempt of a Lambda service can take no longer (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const maxLambdaAttemptSeconds = 900;

/** An Express execution ends after 300 s and cannot be caught; this leaves room for the states around the attempt. */
const maxExpressAttemptSeconds = 240;

type LimitSource = { readonly [limit in keyof Limits]?: number | undefined };

/** The job's own wishes, then those of its service, then the defaults. */
export function effectivePolicy(job: RetryPolicy | undefined, service: RetryPolicy | undefined): Policy {
  const retryOn = job?.retryOn ?? service?.retryOn;
  return {
    maxAttempts: job?.maxAttempts ?? service?.maxAttempts ?? defaultPolicy.maxAttempts,
    backoffSeconds: job?.backoffSeconds ?? service?.backoffSeconds ?? defaultPolicy.backoffSeconds,
    backoffRate: job?.backoffRate ?? service?.backoffRate ?? defaultPolicy.backoffRate,
    ...(retryOn === undefined ? {} : { retryOn }),
  };
}

export function effectiveLimits(job: LimitSource, service: ServiceDefinition): Limits {
  const limit = (name: keyof Limits) => job[name] ?? service[name] ?? defaultLimits[name];
  return {
    attemptTimeoutSeconds: Math.min(limit('attemptTimeoutSeconds'), maxLambdaAttemptSeconds),
    queueTimeoutSeconds: limit('queueTimeoutSeconds'),
    timeoutSeconds: limit('timeoutSeconds'),
  };
}

/** Which of the two routers carries an attempt of this length. */
export function routerFor(limits: Limits): 'express' | 'standard' {
  return limits.attemptTimeoutSeconds <= maxExpressAttemptSeconds ? 'express' : 'standard';
}
