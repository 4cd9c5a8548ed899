import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataPrefix, sortableNumber } from '../../../../aws/dynamodb/table/metadata-keys.ts';

const finite = fc.double({ noDefaultInfinity: true, noNaN: true });

test('numbers as sortable texts have the order of the numbers', () => {
  fc.assert(
    fc.property(finite, finite, (left, right) => {
      const [first, second] = [sortableNumber(left), sortableNumber(right)];
      expect(first).toMatch(/^[0-9a-f]{16}$/);
      expect(first < second).toBe(left < right);
      expect(first > second).toBe(left > right);
    }),
    { numRuns: 2000 },
  );
});

test('the smallest steps between numbers keep their order', () => {
  const numbers = [
    -Number.MAX_VALUE,
    -(2 ** 53),
    -(2 ** 53 - 1),
    -1 - Number.EPSILON,
    -1,
    -Number.MIN_VALUE,
    0,
    Number.MIN_VALUE,
    1,
    1 + Number.EPSILON,
    2 ** 53 - 1,
    2 ** 53,
    Number.MAX_VALUE,
  ];
  const texts = numbers.map(sortableNumber);
  expect(texts.toSorted()).toStrictEqual(texts);
  expect(new Set(texts).size).toBe(numbers.length);
  expect(sortableNumber(-0)).toBe(sortableNumber(0));
});

test('a number and the text of its digits have different prefixes, and no prefix begins with another', () => {
  const prefixes = ['7', 7, 'a', 'a#', '', 70].map((value) => metadataPrefix('run', value));
  for (const prefix of prefixes)
    expect(prefixes.filter((other) => other.startsWith(prefix))).toStrictEqual([prefix]);
});
