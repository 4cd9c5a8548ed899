import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quartilesOf } from '../../../examples/csv-profile/quartiles.ts';

const of = (...sorted: number[]) => quartilesOf(Float64Array.from(sorted));

describe('quartilesOf', () => {
  // R: quantile(c(...), c(.25, .5, .75), type = 7)
  test.each([
    [[7], [7, 7, 7]],
    [
      [1, 2],
      [1.25, 1.5, 1.75],
    ],
    [
      [1, 2, 4],
      [1.5, 2, 3],
    ],
    [
      [1, 2, 3, 4],
      [1.75, 2.5, 3.25],
    ],
    [
      [1, 2, 3, 4, 5],
      [2, 3, 4],
    ],
    [
      [6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49],
      [25.5, 40, 42.5],
    ],
  ])('interpolates %j to %j', (sorted, quartiles) => {
    expect(of(...sorted)).toEqual(quartiles);
  });

  test('does not overflow', () => {
    const halves = of(-Number.MAX_VALUE, Number.MAX_VALUE).map((quartile) => quartile / Number.MAX_VALUE);
    for (const [index, half] of [-0.5, 0, 0.5].entries()) expect(halves[index]).toBeCloseTo(half, 14);
  });

  test('requires a value', () => {
    expect(() => of()).toThrow(RangeError);
  });

  test('stays in order and in range', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.float64Array({ noNaN: true, noDefaultInfinity: true, minLength: 1 }),
        finite,
        (values, more) => {
          const sorted = Float64Array.from([...values, more, more]).sort();
          const [q1, q2, q3] = quartilesOf(sorted);
          const inOrder = [sorted[0] ?? 0, q1, q2, q3, sorted.at(-1) ?? 0];
          expect(inOrder.every((value, index) => index === 0 || value >= (inOrder[index - 1] ?? value))).toBe(
            true,
          );
        },
      ),
    );
  });
});
