import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inferType } from '../../../examples/csv-profile/infer-type.ts';

describe('inferType', () => {
  test.each([
    ['integer', ['0', '-0', '7', '-12', '9007199254740993', '18446744073709551616', `1${'0'.repeat(308)}`]],
    ['number', ['0.5', '-0.5', '.5', '-.5', '1e5', '1E-5', '1.50e+3', '1.7976931348623157e308', '1e-400']],
    ['boolean', ['true', 'false', 'TRUE', 'False']],
    ['date', ['2012-01-01', '2012-02-29', '2012-01-01T00:00', '2012-01-01T23:59:59.123456789-09:30']],
    [
      'text',
      ['007', '-01', '00.5', '+5', '5.', '1,5', '1_000', '0x10', '1e', 'e5', '.', '-', '1 ', ' 1', '१']
        .concat(['NaN', 'Infinity', '-inf', '1e309', `1${'0'.repeat(309)}`])
        .concat(['yes', 'tru', 'null', '2012/01/01', '2012-02-30', '2012-1-1', '20120101T000000']),
    ],
  ])('classifies each of these as %s', (type, values) => {
    for (const value of values) expect([value, inferType([value])]).toEqual([value, type]);
  });

  test.each([
    ['integers and decimals', ['1', '2.5'], 'number'],
    ['dates and date-times', ['2012-01-01', '2012-01-01T10:00Z'], 'date'],
    ['numbers and a word', ['1', '2', 'three'], 'text'],
    ['numbers and truth values', ['1', 'true'], 'text'],
    ['years and dates', ['2012', '2012-01-01'], 'text'],
    ['nothing', [], 'text'],
  ])('finds the type of %s', (_, values, type) => {
    expect(inferType(values)).toBe(type);
  });

  test('classifies every finite number in the notation of JavaScript as a number', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (values) => {
        expect(['integer', 'number']).toContain(inferType(values.map(String)));
      }),
    );
  });
});
