import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareIsoDates, isIsoDate } from '../../../examples/csv-profile/iso-date.ts';

describe('isIsoDate', () => {
  test.each(['2000-02-29', '0001-01-01', '9999-12-31', '2012-01-31T09:30', '2012-01-31T09:30:00Z'])(
    'accepts %s',
    (text) => {
      expect(isIsoDate(text)).toBe(true);
    },
  );

  test.each([
    '1900-02-29',
    '2012-02-30',
    '2012-13-01',
    '2012-00-10',
    '2012-01-00',
    '2012-01',
    '12-01-01',
    '2012/01/01',
    '2012-01-01 10:00',
    '2012-01-01T24:00',
    '2012-01-01T10:60',
    '2012-01-01T10',
    '2012-01-01T10:00:00.',
    '2012-01-01T10:00+0100',
    '2012-01-01T10:00+24:00',
    '2012-01-01Z',
    ' 2012-01-01',
    '2012-01-01\n',
  ])('refuses %j', (text) => {
    expect(isIsoDate(text)).toBe(false);
  });

  test('accepts every day of the calendar in its own notation', () => {
    const dates = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') });
    fc.assert(
      fc.property(dates, (date) => {
        expect(isIsoDate(date.toISOString())).toBe(true);
        expect(isIsoDate(date.toISOString().slice(0, 10))).toBe(true);
      }),
    );
  });
});

describe('compareIsoDates', () => {
  test.each([
    ['2012-01-01', '2012-01-02'],
    ['2012-01-01', '2012-01-01T00:00:01'],
    ['2012-01-01T12:00+02:00', '2012-01-01T11:00Z'],
    ['2012-01-01T23:30:00-01:00', '2012-01-02T00:31Z'],
    ['2012-01-01T00:00:00.0001', '2012-01-01T00:00:00.00012'],
    ['2012-01-01T00:00:00.12', '2012-01-01T00:00:00.9'],
    ['1969-12-31T23:59:59.1', '1969-12-31T23:59:59.2'],
    ['0099-12-31', '0100-01-01'],
    ['2012-01-01', '2012-01-01T00:00'],
  ])('puts %s before %s', (earlier, later) => {
    expect(Math.sign(compareIsoDates(earlier, later))).toBe(-1);
    expect(Math.sign(compareIsoDates(later, earlier))).toBe(1);
    expect(compareIsoDates(earlier, earlier)).toBe(0);
  });

  test('refuses a text that is not a date', () => {
    expect(() => compareIsoDates('2012-01-01', 'later')).toThrow(RangeError);
  });
});
