import { expect, test } from 'vitest';
import { maxCheckMs } from '../../../../core/json-schema/limits/check-time.ts';
import { SliceFullError, sliceChecks } from '../../../../core/operations/elements/slice-checks.ts';

test('no check of a slice starts after checks of 2 s, except for that of the first item; each has the time of a request', () => {
  const checksOf = sliceChecks();
  const [first, second, third] = [0, 1, 2].map(checksOf);
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  expect(second.pauseIfNeeded()).toBeUndefined();
  second.time.remainingMs -= 1999;
  expect(third.pauseIfNeeded()).toBeUndefined();
  third.time.remainingMs -= 1;
  expect(() => checksOf(3).pauseIfNeeded()).toThrow(SliceFullError);
  expect(() => second.pauseIfNeeded()).toThrow(SliceFullError);
  expect(first.pauseIfNeeded()).toBeUndefined();
  expect(first.time.remainingMs).toBe(maxCheckMs);
});
