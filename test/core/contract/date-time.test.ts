import { describe, expect, test } from 'vitest';
import { dayStart, parseTimestamp, timestamp } from '../../../core/contract/date-time.ts';

describe('readMoment', () => {
  test.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T09:30:15Z', '2026-11-21T09:30:15.000Z'],
    ['2026-11-21t09:30:15.125z', '2026-11-21T09:30:15.125Z'],
    ['2026-11-21T09:30:15.5+01:00', '2026-11-21T08:30:15.500Z'],
    ['2026-11-21T23:30:00-02:30', '2026-11-22T02:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(parseTimestamp(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  test('rounds a fraction of a millisecond up', () => {
    expect(parseTimestamp('2026-11-21T00:00:00.1250001Z')).toBe(Date.UTC(2026, 10, 21, 0, 0, 0, 126));
    expect(parseTimestamp('2026-11-21T00:00:00.9999Z')).toBe(Date.UTC(2026, 10, 21, 0, 0, 1));
  });

  test.each([
    'today',
    '2026-13-01',
    '2026-02-30',
    '2027-02-29',
    '2026-11-00',
    '2026-11-21T24:00:00Z',
    '2026-11-21T09:60:00Z',
    '2026-11-21T09:30:60Z',
    '2026-11-21T09:30:15',
    '2026-11-21 09:30:15Z',
    '2026-11-21T09:30Z',
    '1790000000',
    '',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
    expect(timestamp.safeParse(text).success).toBe(false);
  });
});

describe('dayStart', () => {
  test('accepts a date, and a time at which a day starts in UTC', () => {
    for (const text of ['2026-11-21', '2026-11-21T00:00:00Z', '2026-11-21T01:00:00+01:00'])
      expect(dayStart.safeParse(text).success).toBe(true);
  });

  test.each(['2026-11-21T00:00:00.001Z', '2026-11-21T00:00:00+01:00', 'never'])('refuses %s', (text) => {
    expect(dayStart.safeParse(text).success).toBe(false);
  });
});
