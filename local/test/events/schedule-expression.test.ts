import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../events/schedule-expression.ts';

const testFrom = new Date('2026-01-15T10:07:30Z'); // a Thursday

describe('a schedule expression', () => {
  /** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
  test.each([
    ['rate(1 minute)', '2026-01-15T10:08:30.000Z'],
    ['rate(5 minutes)', '2026-01-15T10:12:30.000Z'],
    ['rate(2 hours)', '2026-01-15T12:07:30.000Z'],
    ['rate(1 day)', '2026-01-16T10:07:30.000Z'],
    ['cron(0 10 * * ? *)', '2026-01-16T10:00:00.000Z'],
    ['cron(15 12 * * ? *)', '2026-01-15T12:15:00.000Z'],
    ['cron(0 18 ? * MON-FRI *)', '2026-01-15T18:00:00.000Z'],
    ['cron(0 8 1 * ? *)', '2026-02-01T08:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-01-15T10:15:00.000Z'],
    ['cron(0/10 * ? * 2-6 *)', '2026-01-15T10:10:00.000Z'],
    ['cron(0/5 8-17 ? * MON-FRI *)', '2026-01-15T10:10:00.000Z'],
    ['cron(0 9 ? * 1 *)', '2026-01-18T09:00:00.000Z'],
    ['cron(0 9 ? * SAT *)', '2026-01-17T09:00:00.000Z'],
    ['cron(0 9 ? * L *)', '2026-01-17T09:00:00.000Z'],
    ['cron(0 9 ? * 2#1 *)', '2026-02-02T09:00:00.000Z'],
    ['cron(0 9 ? * 6L *)', '2026-01-30T09:00:00.000Z'],
    ['cron(0 9 L * ? *)', '2026-01-31T09:00:00.000Z'],
    ['cron(0 9 1 JAN,JUL ? *)', '2026-07-01T09:00:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', '2030-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2026-2028)', '2027-01-01T00:00:00.000Z'],
  ])('%s fires next at %s', (expression, expected) => {
    expect(parseSchedule(expression, testFrom)(testFrom)?.toISOString()).toBe(expected);
  });

  test('of a past year never fires', () => {
    expect(parseSchedule('cron(0 0 1 1 ? 2020)', testFrom)(testFrom)).toBeNull();
  });

  test('with a rate keeps its phase', () => {
    const schedule = parseSchedule('rate(1 minute)', testFrom);
    expect(schedule(new Date('2026-01-15T11:00:00Z'))?.toISOString()).toBe('2026-01-15T11:00:30.000Z');
  });

  test.each([
    'every minute',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(1 second)',
    'cron(0 10 * * *)',
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(0 10 % * ? *)',
    'cron(61 10 * * ? *)',
    'cron(0 25 * * ? *)',
    'cron(? 10 * * ? *)',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression, testFrom)).toThrow();
  });
});
