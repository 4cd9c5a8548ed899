import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { momentsOf } from '../../../examples/csv-profile/moments.ts';

const of = (...values: number[]) => momentsOf(Float64Array.from(values).sort());

describe('momentsOf', () => {
  test('returns the mean and the deviation of the sample', () => {
    expect(of(2, 4, 4, 4, 5, 5, 7, 9)).toEqual({ mean: 5, standardDeviation: Math.sqrt(32 / 7) });
    expect(of(1, 2)).toEqual({ mean: 1.5, standardDeviation: Math.SQRT1_2 });
  });

  test('returns no deviation for one value', () => {
    expect(of(7.25)).toEqual({ mean: 7.25 });
  });

  test('returns their own mean and no spread for equal values', () => {
    // A column has no -0: it is read as 0.
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    fc.assert(
      fc.property(finite, fc.integer({ min: 2, max: 50 }), (value, length) => {
        expect(of(...Array.from({ length }, () => value))).toEqual({
          mean: value,
          standardDeviation: 0,
        });
      }),
    );
  });

  test('keeps the digits of a small spread around a large mean', () => {
    expect(of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)).toEqual({
      mean: 1e9 + 10,
      standardDeviation: Math.sqrt(30),
    });
    expect(of(2 ** 53 - 2, 2 ** 53 - 1, 2 ** 53)).toEqual({ mean: 2 ** 53 - 1, standardDeviation: 1 });
  });

  test('keeps a small value between two large ones that cancel', () => {
    expect(of(1e100, 3, -1e100).mean).toBe(1);
  });

  test('neither overflows nor vanishes at the ends of the double range', () => {
    expect(of(1.5e308, 1.5e308, 1.2e308).mean / 1.4e308).toBeCloseTo(1, 14);
    expect(of(1e200, -1e200).standardDeviation).toBe(Math.SQRT2 * 1e200);
    expect(of(5e-324, 15e-324)).toEqual({ mean: 10e-324, standardDeviation: 5e-324 });
    expect(of(1e-200, 3e-200).standardDeviation).toBe(Math.SQRT2 * 1e-200);
  });

  test('returns no deviation that is beyond a double', () => {
    expect(of(Number.MAX_VALUE, -Number.MAX_VALUE)).toEqual({ mean: 0 });
  });

  test('agrees with exact fractions to the last digits of the largest value', () => {
    const integers = fc.array(fc.maxSafeInteger(), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(integers, (values) => {
        const { mean, standardDeviation = Number.NaN } = of(...values);
        const length = BigInt(values.length);
        const sum = values.reduce((total, value) => total + BigInt(value), 0n);
        const squares = values.reduce((total, value) => total + (length * BigInt(value) - sum) ** 2n, 0n);
        const largest = Math.max(...values.map(Math.abs), 1);
        // Sums of squares are scaled by length ** 2: variance = squares / (length ** 2 * (length - 1)).
        const variance = Number(squares) / (values.length ** 2 * (values.length - 1));
        expect(Math.abs(mean - Number(sum) / values.length) / largest).toBeLessThan(1e-15);
        expect(Math.abs(standardDeviation - Math.sqrt(variance)) / largest).toBeLessThan(4e-15);
      }),
    );
  });
});
