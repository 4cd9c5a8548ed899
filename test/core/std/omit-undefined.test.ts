import { expect, test } from 'vitest';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';

test('a member that is undefined is omitted, and any other value is kept', () => {
  const kept = { none: null, zero: 0, no: false, empty: '', list: [] };
  expect(Object.keys(omitUndefined({ ...kept, missing: undefined }))).toEqual(Object.keys(kept));
});

test('the object that was passed is left as it is', () => {
  const object = { missing: undefined };
  expect(omitUndefined(object)).not.toBe(object);
  expect(Object.keys(object)).toEqual(['missing']);
});
