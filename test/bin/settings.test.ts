import { expect, test } from 'vitest';
import { settings } from '../../bin/settings.ts';

test('ERRAND_ACCOUNT_CONCURRENCY sets how many invocations the local account runs at a time', () => {
  expect(settings({ ERRAND_ACCOUNT_CONCURRENCY: '10' })).toMatchObject({ accountConcurrency: 10 });
  expect(settings({})).not.toHaveProperty('accountConcurrency');
});

test.each(['0', '-1', 'ten', '1.5', '1000000'])('ERRAND_ACCOUNT_CONCURRENCY=%s is refused', (text) => {
  expect(() => settings({ ERRAND_ACCOUNT_CONCURRENCY: text })).toThrow(
    `ERRAND_ACCOUNT_CONCURRENCY must be a whole number from 1 to 999999, not ${text}`,
  );
});

test('ERRAND_CORS_ORIGINS lists the origins of web pages', () => {
  expect(settings({}).corsOrigins).toEqual([]);
  const text = 'https://a.example, http://localhost:5173,';
  expect(settings({ ERRAND_CORS_ORIGINS: text }).corsOrigins).toEqual([
    'https://a.example',
    'http://localhost:5173',
  ]);
  expect(() => settings({ ERRAND_CORS_ORIGINS: 'a.example' })).toThrow('The origin a.example is not valid');
});

test('ERRAND_ALLOW_LOOPBACK_WEBHOOKS=1 allows webhooks with loopback addresses', () => {
  expect(settings({ ERRAND_ALLOW_LOOPBACK_WEBHOOKS: '1' })).toMatchObject({ allowLoopbackWebhooks: true });
  for (const text of ['', '0', undefined])
    expect(settings({ ERRAND_ALLOW_LOOPBACK_WEBHOOKS: text })).toMatchObject({
      allowLoopbackWebhooks: false,
    });
});

test.each(['true', '2', 'yes'])('ERRAND_ALLOW_LOOPBACK_WEBHOOKS=%s is refused', (text) => {
  expect(() => settings({ ERRAND_ALLOW_LOOPBACK_WEBHOOKS: text })).toThrow(
    `ERRAND_ALLOW_LOOPBACK_WEBHOOKS must be 0 or 1, not ${text}`,
  );
});
