import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnProfiler } from '../../../examples/csv-profile-2/columns/column-profiler.ts';
import { scaled } from '../../../examples/csv-profile-2/columns/date-range.ts';
import { numberSample } from '../../../examples/csv-profile-2/columns/number-sample.ts';
import { maxCountedValues, valueTally } from '../../../examples/csv-profile-2/columns/value-tally.ts';
import type { ColumnProfile } from '../../../examples/csv-profile-2/table-profile.ts';

function profileOf(fields: Iterable<string>, sampleCapacity = 1_000): ColumnProfile {
  const profiler = columnProfiler('column', { budget: { remainingBytes: 1e9 }, sampleCapacity });
  for (const field of fields) profiler.add(field);
  return profiler.profile();
}

function* numbers(count: number): Generator<string> {
  // A permutation, in which the order says nothing about the size.
  for (let index = 0; index < count; index += 1) yield String((index * 7_919) % count);
}

test('quartiles are exact up to the capacity, and close to exact above it', () => {
  expect(profileOf(numbers(1_000))).toMatchObject({ quartiles: [249.75, 499.5, 749.25] });
  const sampled = profileOf(numbers(200_003), 10_000);
  expect(sampled).toMatchObject({ isSampled: true, min: 0, max: 200_002, count: 200_003 });
  if (sampled.type !== 'integer') throw new Error('the column is of integers');
  for (const [index, exact] of [50_000.5, 100_001, 150_001.5].entries())
    expect(Math.abs((sampled.quartiles[index] ?? 0) - exact) / 200_003).toBeLessThan(0.015);
  expect(sampled.mean).toBeCloseTo(100_001, 6);
  expect(sampled.standardDeviation).toBeCloseTo(Math.sqrt((200_003 * 200_004) / 12), 6);
  expect(sampled.histogram.counts.reduce((sum, count) => sum + count)).toBe(200_003);
});

test('the same numbers always result in the same sample', () => {
  expect(profileOf(numbers(5_000), 100)).toEqual(profileOf(numbers(5_000), 100));
});

test('dates above the capacity keep their exact range', () => {
  const dates = Array.from({ length: 3_000 }, (_, day) =>
    new Date(Date.UTC(2000, 0, 1 + ((day * 7) % 3_000))).toISOString().slice(0, 10),
  );
  const profile = profileOf(dates, 100);
  expect(profile).toMatchObject({ type: 'date', isSampled: true, min: '2000-01-01', max: '2008-03-18' });
  if (profile.type !== 'date') throw new Error('the column is of dates');
  expect(profile.histogram.counts.reduce((sum, count) => sum + count)).toBe(3_000);
  expect([profile.histogram.edges.at(0), profile.histogram.edges.at(-1)]).toEqual([
    '2000-01-01T00:00:00Z',
    '2008-03-18T00:00:00Z',
  ]);
});

test('a single text makes a column of numbers a column of text', () => {
  const fields = [...numbers(2_000), 'unknown'];
  expect(profileOf(fields, 100)).toMatchObject({ type: 'text', count: 2_001, distinct: 2_001 });
});

test('numbers at both ends of their range have a mean', () => {
  const sample = numberSample(2);
  for (const value of [1.7e308, -1.7e308, 1.7e308, -1.7e308]) sample.add(value);
  const { mean, standardDeviation, sorted } = sample.summarize();
  expect(Math.abs(mean)).toBeLessThan(1e293);
  expect(standardDeviation).toBeUndefined();
  expect([...sorted]).toEqual([-1.7e308, 1.7e308]);
});

test('counts remain exact when the memory is used up, and the profile states that there are more values', () => {
  const budget = { remainingBytes: 210 };
  const tally = valueTally(budget);
  for (const value of ['a', 'b', 'c', 'a', 'd', 'c', 'a']) tally.add(value);
  expect(tally.summarize()).toEqual({
    distinct: 2,
    hasMore: true,
    commonest: [
      { value: 'a', count: 3 },
      { value: 'b', count: 1 },
    ],
  });
  expect(budget.remainingBytes).toBeGreaterThanOrEqual(0);
});

test('at most 100,000 different values of a column are counted', () => {
  expect(profileOf(numbers(100_000))).not.toHaveProperty('hasMoreDistinct');
  expect(profileOf(numbers(100_001))).toMatchObject({ distinct: maxCountedValues, hasMoreDistinct: true });
});

test('the extrapolated counts of a sample add up to all values', () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.nat(1_000), { minLength: 1, maxLength: 12 })
        .filter((counts) => counts.some((count) => count > 0)),
      fc.integer({ min: 1, max: 1_000_000_000 }),
      (counts, total) => {
        const result = scaled(counts, total);
        expect(result.reduce((sum, count) => sum + count, 0)).toBe(total);
        for (const [index, count] of counts.entries()) {
          expect(result[index]).toBeGreaterThanOrEqual(0);
          if (count === 0) expect(result[index]).toBe(0);
        }
      },
    ),
  );
});
