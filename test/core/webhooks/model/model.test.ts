import { describe, expect, test } from 'vitest';
import { jobEvents } from '../../../../core/events/job-events.ts';
import { deliveryIdOf, parseDeliveryId } from '../../../../core/webhooks/model/delivery.ts';
import { matchesEvent } from '../../../../core/webhooks/model/matches-event.ts';
import { parseRetryAfter } from '../../../../core/webhooks/model/retry-after.ts';
import { nextDelayMs } from '../../../../core/webhooks/model/retry-schedule.ts';
import { signaturesOf, webhookSecret } from '../../../../core/webhooks/model/sign.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob } from '../../../support/jobs/jobs.ts';

const [event] = jobEvents(aJob({ tags: ['red', 'blue'] }), 'https://errand.example');
if (event === undefined) throw new Error('the job has no event');
const all = { states: [], services: [], tags: [] };

describe('matchesEvent', () => {
  test.each([
    [{}, true],
    [{ states: ['pending' as const, 'failed' as const] }, true],
    [{ states: ['failed' as const] }, false],
    [{ states: ['deleted' as const] }, false],
    [{ services: ['echo'] }, true],
    [{ services: ['other'] }, false],
    [{ tags: ['green', 'blue'] }, true],
    [{ tags: ['green'] }, false],
    [{ states: ['pending' as const], services: ['echo'], tags: ['green'] }, false],
  ])('with %j is %s for a pending job of echo with the tags red and blue', (filter, expected) => {
    expect(matchesEvent({ ...all, ...filter }, event)).toBe(expected);
  });

  test('compares the state of a deletion with `deleted`, not with the last state of the job', () => {
    const deleted = { ...event, type: 'errand.job.deleted' };
    expect(matchesEvent({ ...all, states: ['deleted'] }, deleted)).toBe(true);
    expect(matchesEvent({ ...all, states: ['pending'] }, deleted)).toBe(false);
  });
});

describe('the ID of a delivery', () => {
  test('contains its event', () => {
    const delivered = { at: 1_796_063_671_515, jobId: jobIdAt(5), sequence: 12 };
    expect(parseDeliveryId(deliveryIdOf(delivered))).toEqual(delivered);
  });

  test.each([
    '',
    'x',
    `1796063671515-${jobIdAt(5)}`,
    `179606367151-${jobIdAt(5)}-1`,
    `1796063671515-${jobIdAt(5)}-x`,
  ])('is not %s', (text) => {
    expect(parseDeliveryId(text)).toBeUndefined();
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['Mon, 30 Nov 2026 12:01:00 GMT', 60_000],
    ['Mon, 30 Nov 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['tomorrow', undefined],
    ['2026-11-30', undefined],
    [undefined, undefined],
  ])('parses %s to %s', (text, expected) => {
    expect(parseRetryAfter(text, now)).toBe(expected);
  });
});

test('a delay has a random part of at most 20 %, and a scale for tests', () => {
  const delays = [0, 0.5, 0.999_999].map((random) => nextDelayMs({ tries: 1, random, scale: 1 }));
  expect(delays).toEqual([5000, 5500, 6000]);
  expect(nextDelayMs({ tries: 1, random: 0, scale: 0.01 })).toBe(50);
  expect(nextDelayMs({ tries: 10, random: 0, scale: 1 })).toBeUndefined();
});

test('a signature is that of the example of Standard Webhooks', () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-signatures
  const content = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  const secrets = { current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', version: 1 };
  expect(signaturesOf(content, secrets)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('a secret is `whsec_` and the random bytes in Base64', () => {
  const bytes = Buffer.alloc(32, 0xfb);
  const secret = webhookSecret(bytes.toString('base64url'));
  expect(secret.startsWith('whsec_')).toBe(true);
  expect(Buffer.from(secret.slice(6), 'base64').equals(bytes)).toBe(true);
});
