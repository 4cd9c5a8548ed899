import { expect, test } from 'vitest';
import {
  baseUrlSetting,
  dataSettings,
  eventLogSettings,
  longPollSettings,
  resourceNameSettings,
  startSettings,
} from '../../../functions/_shared/settings.ts';

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
