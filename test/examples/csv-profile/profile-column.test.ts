import { describe, expect, test } from 'vitest';
import { profileColumn } from '../../../examples/csv-profile/profile-column.ts';

const of = (...fields: string[]) => profileColumn('c', fields);

describe('profileColumn', () => {
  test('counts distinct values by their notation', () => {
    expect(of('1', '1.0', '1.00', '1', '')).toMatchObject({
      count: 4,
      missing: 1,
      distinct: 3,
      min: 1,
      max: 1,
    });
  });

  test('classifies a column of only missing values as text', () => {
    expect(of('', '')).toEqual({
      name: 'c',
      type: 'text',
      count: 0,
      missing: 2,
      distinct: 0,
      commonest: [],
    });
  });

  test('returns statistics and no commonest values for numbers, and the reverse for texts', () => {
    const common = ['count', 'distinct', 'missing', 'name', 'type'];
    const numeric = ['histogram', 'max', 'mean', 'min', 'quartiles', 'standardDeviation'];
    expect(Object.keys(of('1', '2')).sort()).toEqual([...common, ...numeric].sort());
    expect(Object.keys(of('a', 'b')).sort()).toEqual(['commonest', ...common].sort());
    expect(Object.keys(of('true')).sort()).toEqual(['commonest', ...common].sort());
    expect(Object.keys(of('2012-01-01')).sort()).toEqual(['commonest', ...common, 'max', 'min'].sort());
  });

  test('omits the deviation of a single number', () => {
    expect(of('7', '')).not.toHaveProperty('standardDeviation');
    expect(of('7', '')).toMatchObject({ mean: 7, quartiles: [7, 7, 7] });
  });

  test('returns no negative zero', () => {
    const column = of('-0', '-0.0');
    expect(JSON.stringify(column)).not.toContain('-0,');
    expect(column).toMatchObject({ min: 0, max: 0, mean: 0, quartiles: [0, 0, 0], distinct: 2 });
  });

  test('returns the nearest double for an integer beyond 2^53', () => {
    expect(of('9007199254740993', '1')).toMatchObject({ type: 'integer', min: 1, max: 2 ** 53, distinct: 2 });
  });

  test('ranks ten values by frequency, then by their text', () => {
    const letters = 'lkjihgfedcba'.split('');
    const column = of(...letters, 'k', 'É', 'Z', '');
    expect(column).toMatchObject({ distinct: 14 });
    expect('commonest' in column && column.commonest.map(({ value, count }) => `${value}${count}`)).toEqual([
      'k2',
      'Z1',
      'a1',
      'b1',
      'c1',
      'd1',
      'e1',
      'f1',
      'g1',
      'h1',
    ]);
  });

  test('returns the range of dates in their notation, ordered by time', () => {
    expect(of('2012-01-02T00:30+01:00', '2012-01-01', '2012-01-01T23:45Z', '2012-01-01')).toMatchObject({
      type: 'date',
      min: '2012-01-01',
      max: '2012-01-01T23:45Z',
      commonest: [
        { value: '2012-01-01', count: 2 },
        { value: '2012-01-01T23:45Z', count: 1 },
        { value: '2012-01-02T00:30+01:00', count: 1 },
      ],
    });
  });

  test('is not confused by names and values that objects have', () => {
    expect(profileColumn('__proto__', ['constructor', '__proto__', 'constructor'])).toMatchObject({
      name: '__proto__',
      commonest: [
        { value: 'constructor', count: 2 },
        { value: '__proto__', count: 1 },
      ],
    });
  });
});
