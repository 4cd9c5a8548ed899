import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIdempotencyKey } from '../../../../core/contract/http/idempotency-key.ts';

describe('readIdempotencyKey', () => {
  test('returns nothing without a header', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  test.each([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['  "a" ', 'a'],
    ['"a, b"', 'a, b'],
    ['" a "', ' a '],
    ['"\\"\\\\"', '"\\'],
    ['a b;c=d', 'a b;c=d'],
    ['a\\b', 'a\\b'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])('reads %s as %s', (header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['an empty string', '""'],
    ['256 characters', 'x'.repeat(256)],
    ['256 quoted characters', `"${'x'.repeat(256)}"`],
    ['a quote that is left open', '"a'],
    ['a quote in the middle', 'a"b'],
    ['a quote at the end', 'a"'],
    ['something behind the string', '"a";b=1'],
    ['an escape that there is not', '"a\\b"'],
    ['an escape of the last quote', '"a\\"'],
    ['a header that was sent twice', 'a, b'],
    ['a quoted header that was sent twice', '"a", "b"'],
    ['a tab', 'a\tb'],
    ['a quoted tab', '"a\tb"'],
    ['a letter that is not ASCII', 'clé'],
    ['a quoted letter that is not ASCII', '"clé"'],
  ])('refuses %s', (_, header) => {
    const fault = {
      pointer: '',
      detail: expect.stringContaining('Idempotency-Key'),
      keyword: 'idempotencyKey',
    };
    expect(() => parseIdempotencyKey(header)).toThrow(
      expect.objectContaining({ slug: 'invalid-request', extension: { errors: [fault] } }),
    );
  });

  test('reads every quoted key, and the same key unquoted where that is allowed', () => {
    const character = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
    const keys = fc.string({ unit: character, minLength: 1, maxLength: 255 });
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseIdempotencyKey(`"${key.replaceAll(/["\\]/g, '\\$&')}"`)).toBe(key);
        if (!/[",]/.test(key) && key.trim() === key) expect(parseIdempotencyKey(key)).toBe(key);
      }),
    );
  });
});
