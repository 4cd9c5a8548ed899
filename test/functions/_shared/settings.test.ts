import { expect, test } from 'vitest';
import {
  baseUrlSetting,
  dataSettings,
  eventLogSettings,
  longPollSettings,
  resourceNameSettings,
  startSettings,
} from '../../../functions/_shared/settings.ts';
import { webhookSettings } from '../../../functions/_shared/webhook-ports.ts';

test('settings have the units of their names', () => {
  expect(eventLogSettings({ EVENT_LOG_DAYS: '30' })).toEqual({ eventLogDays: 30 });
  expect(startSettings({ LOOK_AFTER_SECONDS: '60' })).toEqual({ reconcileAfterMs: 60_000 });
  expect(dataSettings({ DATA_RETENTION_DAYS: '30' })).toEqual({ dataRetentionDays: 30 });
  expect(longPollSettings({ MAX_HELD_CALLS: '50', HELD_CALLS_PERCENT: '20' })).toEqual({
    maxHeldCalls: 50,
    heldCallsPercent: 20,
  });
});

test.each([
  ['true', true],
  ['false', false],
] as const)('ALLOW_SHARED_OVERRIDES=%s is read as %s', (variable, allowsSharedOverrides) => {
  expect(resourceNameSettings({ NAME_PREFIX: 'errand', ALLOW_SHARED_OVERRIDES: variable })).toEqual({
    namePrefix: 'errand',
    allowsSharedOverrides,
  });
});

test.each(['https://api.test/prod', 'https://api.test/prod/'])(
  'the base URL of %s has no trailing slash',
  (url) => {
    expect(baseUrlSetting(url)).toBe('https://api.test/prod');
  },
);

test('webhooks have public addresses and unscaled delays unless a local service sets the variables', () => {
  expect(webhookSettings({})).toEqual({ allowsLoopbackWebhooks: false, webhookDelayScale: 1 });
  const local = { ALLOW_LOOPBACK_WEBHOOKS: 'true', WEBHOOK_DELAY_SCALE: '0.01' } as const;
  expect(webhookSettings(local)).toEqual({ allowsLoopbackWebhooks: true, webhookDelayScale: 0.01 });
});
