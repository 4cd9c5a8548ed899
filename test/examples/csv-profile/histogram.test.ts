import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { histogramOf } from '../../../examples/csv-profile/histogram.ts';

const of = (...values: number[]) => histogramOf(Float64Array.from(values).sort());

function isStrictlyIncreasing(edges: readonly number[]): boolean {
  return edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge));
}

describe('histogramOf', () => {
  test('creates 12 equal bins, each without its upper edge, except the last', () => {
    expect(of(0, 0.5, 1, 2, 11, 11.5, 12)).toEqual({
      edges: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      counts: [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3],
    });
  });

  test('puts decimals on an edge into the bin above it', () => {
    const tenths = Array.from({ length: 13 }, (_, index) => Number((index / 10).toFixed(1)));
    expect(of(...tenths)).toEqual({ edges: tenths, counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2] });
    // 2.3 + 2.4 * 7 / 12 is 3.6999999999999997 in doubles.
    const fifths = Array.from({ length: 13 }, (_, index) => Number((2.3 + index / 5).toFixed(1)));
    expect(of(...fifths)).toEqual({ edges: fifths, counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2] });
  });

  test('puts equal values in the middle of a span of 1', () => {
    const { edges, counts } = of(3, 3);
    expect([edges[0], edges[6], edges[12]]).toEqual([2.5, 3, 3.5]);
    expect(counts).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]);
  });

  test.each([
    ['huge equal values', [1e300]],
    ['the largest double', [Number.MAX_VALUE]],
    ['the least double', [-Number.MAX_VALUE]],
    ['neighbouring doubles', [1, 1 + Number.EPSILON]],
    ['large neighbouring integers', [2 ** 53 - 2, 2 ** 53 - 1]],
    ['the smallest doubles', [0, 5e-324]],
    ['the whole range', [-Number.MAX_VALUE, Number.MAX_VALUE]],
    ['zero', [0]],
  ])('has 13 increasing finite edges around %s', (_, values) => {
    const { edges, counts } = of(...values);
    expect(edges).toHaveLength(13);
    expect(edges.every(Number.isFinite)).toBe(true);
    expect(isStrictlyIncreasing(edges)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });

  test('counts every value once, between the edges that it reports', () => {
    const finite = { noNaN: true, noDefaultInfinity: true } as const;
    const values = fc.oneof(
      fc.array(fc.double(finite), { minLength: 1 }),
      fc.array(
        fc.integer({ min: -1_000, max: 1_000 }).map((value) => value / 100),
        { minLength: 1 },
      ),
    );
    fc.assert(
      fc.property(values, (numbers) => {
        const { edges, counts } = of(...numbers);
        expect(isStrictlyIncreasing(edges)).toBe(true);
        const recounted = counts.map((_, bin) => {
          const [low = Number.NaN, high = Number.NaN] = edges.slice(bin, bin + 2);
          return numbers.filter((value) => value >= low && (value < high || (bin === 11 && value === high)))
            .length;
        });
        expect(counts).toEqual(recounted);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(numbers.length);
      }),
    );
  });

  test('creates bins of equal width', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const { edges } = of(low, low + span);
          const expected = (low + span - low) / 12;
          for (const [index, edge] of edges.slice(1).entries()) {
            const width = edge - (edges[index] ?? Number.NaN);
            // A tolerance of 1e-6 of the width, and of the last bits of numbers near a million.
            expect(Math.abs(width - expected)).toBeLessThan(1e-6 * expected + 1e-9);
          }
        },
      ),
    );
  });
});
