import { describe, expect, test } from 'vitest';
import { countThatFit } from '../../../core/paging/fit-on-page.ts';

describe('countThatFit', () => {
  test('accepts a thousand usual entries, and an empty list', () => {
    expect(countThatFit(Array.from({ length: 1000 }, () => ['name', ['red'], { note: 'short' }]))).toBe(1000);
    expect(countThatFit([])).toBe(0);
  });

  test('counts each entry as it is encoded in a text within the response', () => {
    const plain = Array.from({ length: 1000 }, () => 'x'.repeat(4000));
    const quoted = Array.from({ length: 1000 }, () => '"'.repeat(4000));
    expect(countThatFit(plain)).toBeGreaterThan(800);
    // Each quote takes four bytes in the text.
    expect(countThatFit(quoted)).toBeLessThan(6_291_556 / (4 * 4000));
  });

  test('never ends a page before its first entry, so that every list has an end', () => {
    expect(countThatFit(['x'.repeat(7_000_000), 'y'])).toBe(1);
  });
});
