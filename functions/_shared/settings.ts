import type { Settings } from '../../core/ports/settings.ts';
import type { ResourceNameRules } from '../../core/services/resource-name-rules.ts';

/** The settings of every function that starts attempts, from the environment variables in `startVariables`. */
export function startSettings(environment: {
  readonly LOOK_AFTER_SECONDS: string;
}): Pick<Settings, 'reconcileAfterMs'> {
  return { reconcileAfterMs: Number(environment.LOOK_AFTER_SECONDS) * 1000 };
}

/** The settings of every function that creates data objects, from the environment variables in `dataVariables`. */
export function dataSettings(environment: {
  readonly DATA_RETENTION_DAYS: string;
}): Pick<Settings, 'dataRetentionDays'> {
  return { dataRetentionDays: Number(environment.DATA_RETENTION_DAYS) };
}

/**
 * The settings of every function with long polls or event streams, from the environment variables in
 * `longPollVariables`.
 */
export function longPollSettings(environment: {
  readonly MAX_HELD_CALLS: string;
  readonly HELD_CALLS_PERCENT: string;
}): Pick<Settings, 'maxHeldCalls' | 'heldCallsPercent'> {
  return {
    maxHeldCalls: Number(environment.MAX_HELD_CALLS),
    heldCallsPercent: Number(environment.HELD_CALLS_PERCENT),
  };
}

/** The settings of every function that uses the event log, from the environment variables in `eventLogVariables`. */
export function eventLogSettings(environment: {
  readonly EVENT_LOG_DAYS: string;
}): Pick<Settings, 'eventLogDays'> {
  return { eventLogDays: Number(environment.EVENT_LOG_DAYS) };
}

/**
 * The settings of every function that checks the resource names in definitions, from the environment
 * variables in `resourceNameVariables`.
 */
export function resourceNameSettings(environment: {
  readonly NAME_PREFIX: string;
  readonly ALLOW_SHARED_OVERRIDES: 'true' | 'false';
}): ResourceNameRules {
  return {
    namePrefix: environment.NAME_PREFIX,
    allowsSharedOverrides: environment.ALLOW_SHARED_OVERRIDES === 'true',
  };
}

/** A base URL as the settings contain it: without a trailing slash. */
export function baseUrlSetting(url: string): string {
  return url.replace(/\/$/, '');
}
