import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { registerService, withFunctions } from '../../support/local-service/service-functions.ts';

/** Does what its parameters request. */
const faulty = `
import { setTimeout as sleep } from 'node:timers/promises';
const hoard = [];
export const handler = async ({ fault }) => {
  if (fault === 'throw') throw new RangeError('the input makes no sense');
  if (fault === 'retryable') throw Object.assign(new Error(JSON.stringify({ message: 'busy', retryable: true })), { name: 'ServiceFailure' });
  if (fault === 'sleep') await sleep(3000);
  if (fault === 'hoard') for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  if (fault === 'deep') return JSON.parse('['.repeat(3900) + ']'.repeat(3900));
  if (fault === 'bigint') return { value: 1n };
  if (fault === 'text') return 'no object';
  if (fault === 'exit') process.exit(3);
  if (fault === 'large') return { text: 'x'.repeat(7 * 1024 * 1024) };
};`;

const twice = { maxAttempts: 2, backoffSeconds: 0 };
let errand: TestErrand;
/** How many more calls of the throttled function are refused. */
let throttled = 0;

beforeAll(async () => {
  const functions = withFunctions({
    'errand-service-faulty': { module: faulty },
    'errand-service-hasty': { module: faulty, timeoutSeconds: 1 },
    'errand-service-small': { module: faulty, memoryMegabytes: 128 },
    'errand-service-busy': { module: faulty },
    'errand-service-torn': { module: 'export const handler = async () => { return' },
  });
  errand = await startChangedErrand([functions], {
    invocationFaults: ({ functionName }) => {
      if (!functionName.endsWith('errand-service-busy') || throttled === 0) return undefined;
      throttled -= 1;
      return 'throttle';
    },
  });
  await registerService(errand, 'faulty', { functionName: 'errand-service-faulty' });
  await registerService(errand, 'strict', {
    functionName: 'errand-service-faulty',
    result: { type: 'object' },
  });
  await registerService(errand, 'hasty', { functionName: 'errand-service-hasty' });
  await registerService(errand, 'small', { functionName: 'errand-service-small' });
  await registerService(errand, 'busy', { functionName: 'errand-service-busy' });
  await registerService(errand, 'torn', { functionName: 'errand-service-torn' });
  await registerService(errand, 'missing', { functionName: 'errand-service-nope' });
});

afterAll(() => errand?.end());

describe('an error that another attempt would not fix ends the job at its first attempt:', () => {
  test.for([
    [
      'a thrown error',
      'faulty',
      'throw',
      'failed',
      'service-failed',
      /^RangeError: the input makes no sense$/,
    ],
    ['an exit of its process', 'faulty', 'exit', 'failed', 'service-failed', /exit status 3/],
    ['a result that is not JSON', 'faulty', 'bigint', 'failed', 'invalid-result', /BigInt/],
    [
      'a result nested deeper than the state machine carries',
      'faulty',
      'deep',
      'failed',
      'invalid-result',
      /deep/,
    ],
    ['a result beyond the limit of Lambda', 'faulty', 'large', 'failed', 'invalid-result', /6291556/],
    ['no result where the schema wants an object', 'strict', 'none', 'failed', 'invalid-result', /object/],
    ['a result that breaks the schema', 'strict', 'text', 'failed', 'invalid-result', /object/],
    ['a function that does not exist', 'missing', 'none', 'error', 'misconfigured', /errand-service-nope/],
    ['code that cannot be parsed', 'torn', 'none', 'error', 'misconfigured', /./],
  ] as const)('%s', async ([, service, fault, status, code, detail]) => {
    const { id } = await submitJob(errand, { service, parameters: { fault }, retry: twice });
    expect(await endedJob(errand, id)).toMatchObject({
      status,
      attempt: 1,
      error: { code, retryable: false, attempt: 1, detail: expect.stringMatching(detail) },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', status]);
  });
});

test('the name of an error that a function throws is the type of the error', async () => {
  const { id } = await submitJob(errand, { service: 'faulty', parameters: { fault: 'throw' }, retry: twice });
  expect(await endedJob(errand, id)).toMatchObject({ error: { serviceErrorType: 'RangeError' } });
});

describe('a transient error is retried as often as the policy allows:', () => {
  test.for([
    ['beyond its own time limit', { service: 'faulty', fault: 'sleep' }, 'error', 'timeout'],
    ["beyond the function's time limit", { service: 'hasty', fault: 'sleep' }, 'error', 'timeout'],
    ['beyond its memory', { service: 'small', fault: 'hoard' }, 'error', 'out-of-memory'],
    [
      'a failure that it calls retryable',
      { service: 'faulty', fault: 'retryable' },
      'failed',
      'service-failed',
    ],
  ] as const)('%s', async ([, { service, fault }, status, code]) => {
    const limit = service === 'faulty' && fault === 'sleep' ? { attemptTimeoutSeconds: 1 } : {};
    const { id } = await submitJob(errand, { service, parameters: { fault }, retry: twice, ...limit });
    expect(await endedJob(errand, id)).toMatchObject({
      status,
      attempt: 2,
      error: { code, retryable: true, attempt: 2 },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'retrying', 'executing', status]);
  });
});

describe('a function that Lambda throttles', () => {
  test('is called again when it has capacity, in the same attempt, since it did not run', async () => {
    throttled = 2;
    const { id } = await submitJob(errand, { service: 'busy', retry: twice });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(throttled).toBe(0);
    const released = ['executing', 'pending'];
    expect(await statesOf(errand, id)).toEqual([
      'pending',
      ...released,
      ...released,
      'executing',
      'succeeded',
    ]);
  });

  test('uses up no attempt when it stays throttled, and the job ends at the limit of its queue', async () => {
    throttled = Number.POSITIVE_INFINITY;
    try {
      const { id } = await submitJob(errand, { service: 'busy', retry: twice, queueTimeoutSeconds: 3 });
      expect(await endedJob(errand, id)).toMatchObject({
        status: 'error',
        attempt: 0,
        error: { code: 'queue-timeout', retryable: false },
      });
    } finally {
      throttled = 0;
    }
  });
});

test('a job without a result succeeds with null when its service has no schema for it', async () => {
  const { id } = await submitJob(errand, { service: 'faulty', parameters: { fault: 'none' } });
  expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', result: null });
});

test('a job that waits for its next attempt reports when that attempt is due', async () => {
  const retry = { maxAttempts: 2, backoffSeconds: 3600 };
  const { id, requestedAt } = await submitJob(errand, {
    service: 'faulty',
    parameters: { fault: 'retryable' },
    retry,
  });
  const job = await until('the first attempt has failed', async () => {
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.status === 'retrying' && body;
  });
  expect(job.nextAttemptAt > requestedAt).toBe(true);
  expect(Date.parse(job.nextAttemptAt)).toBeLessThanOrEqual(Date.parse(job.updatedAt) + 3_600_000);
  expect(job).toMatchObject({ attempt: 1 });
});

test('the service continues after all this', async () => {
  const { id } = await submitJob(errand, { service: 'echo', parameters: { after: 'all' } });
  expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', result: { after: 'all' } });
});
