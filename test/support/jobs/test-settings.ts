import type { Settings } from '../../../core/ports/settings.ts';
import { reconcileAfterMs } from './jobs.ts';

/** The settings of a deployment as tests use them, except for the given members. */
export function testSettings(given: Partial<Settings> = {}): Settings {
  return {
    reconcileAfterMs,
    retentionDays: 30,
    dataRetentionDays: 0,
    eventLogDays: 30,
    maxHeldCalls: 50,
    heldCallsPercent: 20,
    apiBaseUrl: 'https://api.test',
    workerBaseUrl: 'https://api.test',
    namePrefix: 'errand',
    allowsSharedOverrides: false,
    allowsLoopbackWebhooks: false,
    webhookDelayScale: 1,
    ...given,
  };
}
