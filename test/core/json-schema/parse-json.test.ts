import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../core/json-schema/parse-json.ts';

const refusal = (slug: string, detail = '') =>
  expect.objectContaining({ slug, message: expect.stringContaining(detail) });

describe('a body', () => {
  test.each([
    ['a byte that starts no character', [0xff]],
    ['half of a character', [0xc3]],
    ['three quarters of a character', [0xf0, 0x9f, 0x90]],
    ['a character in more bytes than it needs', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ])('with %s is not UTF-8', (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(() => parseJson(body)).toThrow(refusal('invalid-json', 'The body is not valid UTF-8'));
  });

  test('may contain the replacement character and every other character', () => {
    expect(parseJson(Buffer.from('"\ufffd\u{1f40e}"'))).toBe('\ufffd\u{1f40e}');
  });

  test('may start with one byte order mark', () => {
    expect(parseJson(Buffer.from('\ufeff{"a":"\ufeff"}'))).toEqual({ a: '\ufeff' });
    expect(() => parseJson(Buffer.from('\ufeff\ufeff{}'))).toThrow(refusal('invalid-json'));
  });

  test('that would be parsed as another value than was sent is refused with every error', () => {
    const body = Buffer.from('{"id":3889108265204450030,"list":[{"n":1e400}],"id":1}');
    const errors = ['/id', '/list/0/n', '/id'].map((pointer) => expect.objectContaining({ pointer }));
    expect(() => parseJson(body)).toThrow(
      expect.objectContaining({ slug: 'invalid-request', extension: { errors } }),
    );
  });
});
