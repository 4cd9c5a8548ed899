import { describe, expect, test } from 'vitest';
import type { JobCounts } from './job-counts.ts';
import { priceJob, usdPerMillion } from './price-job.ts';

const nothing: JobCounts = {
  apiRequests: 0,
  invocations: {},
  calls: {},
  writeUnits: {},
  readUnits: {},
  busEvents: 0,
  logBytes: 0,
  platformLogged: 0,
};
const usd = (counts: Partial<JobCounts>, megabytes = {}) =>
  usdPerMillion(priceJob({ ...nothing, ...counts }, megabytes));

describe('the price of a job', () => {
  test.each<readonly [string, Partial<JobCounts>, number]>([
    ['nothing', {}, 0],
    ['a request', { apiRequests: 1 }, 3.5],
    ['8 write units', { writeUnits: { put: 8 } }, 5],
    ['2 read units', { readUnits: { get: 2 } }, 0.25],
    ['an Express execution of 200 ms', { calls: { 'submit states:StartExecution': 1 } }, 1.208],
    ['3 events', { busEvents: 3 }, 3],
    ['a submission to AWS Batch', { calls: { 'a batch:SubmitJob': 1 } }, 0],
    ['a put and a get of an object', { calls: { 'a s3:PutObject': 1, 'a s3:GetObject': 1 } }, 5.4],
    ['1,000 bytes of logs', { logBytes: 1_000 }, 0.5],
    ['the platform lines of an invocation', { platformLogged: 1 }, 0.132],
  ])('of %s is correct', (_, counts, expected) => {
    expect(usd(counts)).toBe(expected);
  });

  test('grows with the memory of a function', () => {
    const invocations = { 'errand-submit': 1 };
    expect(usd({ invocations }, { 'errand-submit': 256 })).toBe(0.24);
    expect(usd({ invocations }, { 'errand-submit': 1_024 })).toBe(0.36);
  });

  test('is refused for a call without a price', () => {
    expect(() => usd({ calls: { 'errand-submit sqs:SendMessage': 1 } })).toThrow(
      'no price for errand-submit sqs:SendMessage',
    );
  });

  test('is refused for a function without an assumed duration', () => {
    expect(() => usd({ invocations: { 'errand-new': 1 } }, { 'errand-new': 256 })).toThrow(
      'errand-new ran and has no assumed duration',
    );
  });
});
