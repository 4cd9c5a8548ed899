import { describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import {
  defaultLimits,
  defaultPolicy,
  effectiveLimits,
  effectivePolicy,
  executionTypeFor,
} from '../../../../core/jobs/model/defaults.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';

function service(change: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' }, ...change };
}

describe('the defaults', () => {
  test('match the lifecycle document', () => {
    expect(effectivePolicy(undefined, undefined)).toEqual({
      maxAttempts: 3,
      backoffSeconds: 10,
      backoffRate: 2,
    });
    expect(effectiveLimits({}, service())).toEqual({
      attemptTimeoutSeconds: 180,
      queueTimeoutSeconds: 3600,
      timeoutSeconds: 86_400,
    });
    expect(effectivePolicy({}, {})).toEqual(defaultPolicy);
    expect(effectiveLimits({}, service())).toEqual(defaultLimits);
  });
});

describe('effectivePolicy', () => {
  test('takes each override from the job, then the service, then the defaults', () => {
    const job = { maxAttempts: 1, retryOn: ['lost' as const] };
    const ofService = { maxAttempts: 9, backoffSeconds: 7, retryOn: ['timeout' as const] };
    expect(effectivePolicy(job, ofService)).toEqual({
      maxAttempts: 1,
      backoffSeconds: 7,
      backoffRate: 2,
      retryOn: ['lost'],
    });
    expect(effectivePolicy(undefined, ofService).retryOn).toEqual(['timeout']);
  });

  test('accepts zero and empty values as overrides', () => {
    expect(
      effectivePolicy({ backoffSeconds: 0, retryOn: [] }, { backoffSeconds: 5, retryOn: ['lost'] }),
    ).toMatchObject({
      backoffSeconds: 0,
      retryOn: [],
    });
  });
});

describe('effectiveLimits', () => {
  test('takes each override from the job, then the service, then the defaults', () => {
    const limits = effectiveLimits(
      { timeoutSeconds: 5 },
      service({ timeoutSeconds: 50, queueTimeoutSeconds: 60, attemptTimeoutSeconds: 70 }),
    );
    expect(limits).toEqual({ timeoutSeconds: 5, queueTimeoutSeconds: 60, attemptTimeoutSeconds: 70 });
  });

  test('limits an attempt to the longest time of a Lambda function', () => {
    const attempt = (job: number | undefined, ofService?: number) =>
      effectiveLimits(
        { attemptTimeoutSeconds: job },
        service(ofService === undefined ? {} : { attemptTimeoutSeconds: ofService }),
      ).attemptTimeoutSeconds;
    expect([
      attempt(900),
      attempt(901),
      attempt(604_800),
      attempt(undefined, 3600),
      attempt(10, 3600),
    ]).toEqual([900, 900, 900, 900, 10]);
  });
});

describe('effectiveLimits of a service on Batch', () => {
  const attempt = (job: number | undefined, ofService?: number) => {
    const definition = service({ dispatcher: { kind: 'batch', jobDefinition: 'errand-job-x' } });
    const limited = ofService === undefined ? {} : { attemptTimeoutSeconds: ofService };
    return effectiveLimits({ attemptTimeoutSeconds: job }, { ...definition, ...limited })
      .attemptTimeoutSeconds;
  };

  test('allows an attempt one hour by default', () => {
    expect([attempt(undefined), attempt(undefined, 7200), attempt(604_800)]).toEqual([3600, 7200, 604_800]);
  });

  test('allows an attempt at least the minute that Batch requires', () => {
    expect([attempt(1), attempt(60)]).toEqual([60, 60]);
  });
});

describe('executionTypeFor', () => {
  const router = (attemptTimeoutSeconds: number, dispatcher?: 'batch') =>
    executionTypeFor({
      limits: { ...defaultLimits, attemptTimeoutSeconds },
      ...omitUndefined({ dispatcher }),
    });

  test('selects Express for attempts on Lambda of up to 180 s, and Standard above', () => {
    expect([router(1), router(180), router(181), router(900)]).toEqual([
      'express',
      'express',
      'standard',
      'standard',
    ]);
  });

  test('selects Express for every attempt on Batch, because it does not wait for the attempt', () => {
    expect([router(60, 'batch'), router(600, 'batch'), router(3600, 'batch')]).toEqual([
      'express',
      'express',
      'express',
    ]);
  });
});
