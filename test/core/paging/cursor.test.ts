import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../core/paging/cursor.ts';

const identity = { list: 'jobs', tenant: 'local', statuses: ['failed'], services: undefined };
const refusal = expect.objectContaining({ slug: 'bad-cursor' });
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a cursor', () => {
  test('returns the position that it was created from', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }), (position) => {
        expect(decodeCursor(identity, encodeCursor(identity, position))).toBe(position);
      }),
    );
  });

  test.each([
    ['tenant', { ...identity, tenant: 'other' }],
    ['list', { ...identity, list: 'services' }],
    ['filter', { ...identity, statuses: ['failed', 'error'] }],
    ['further filter', { ...identity, services: ['echo'] }],
    ['number of filters', { list: 'jobs', tenant: 'local' }],
  ])('is refused with another %s', (_, other) => {
    expect(() => decodeCursor(other, encodeCursor(identity, 'here'))).toThrow(refusal);
  });

  test('is the same for any order of the filters', () => {
    const { list, ...rest } = identity;
    expect(encodeCursor({ ...rest, list }, 'here')).toBe(encodeCursor(identity, 'here'));
  });

  test('is refused with any one character changed', () => {
    const cursor = encodeCursor(identity, '019b7c94-1d2e-7000-8000-000000000001');
    for (const [index, character] of [...cursor].entries()) {
      for (const other of alphabet.replace(character, '')) {
        const changed = `${cursor.slice(0, index)}${other}${cursor.slice(index + 1)}`;
        expect(() => decodeCursor(identity, changed), `${index} ${other}`).toThrow(refusal);
      }
    }
  });

  test.each(['', ' ', '=', 'x', 'ä', 'AAAA', encodeCursor(identity, ''), `${encodeCursor(identity, 'a')}=`])(
    'is refused when it is %j',
    (text) => {
      expect(() => decodeCursor(identity, text)).toThrow(refusal);
    },
  );

  test('is refused with a prefix, a suffix or a missing part', () => {
    const cursor = encodeCursor(identity, 'here');
    for (const text of [`A${cursor}`, `${cursor}A`, cursor.slice(1), cursor.slice(0, -1), `${cursor} `]) {
      expect(() => decodeCursor(identity, text)).toThrow(refusal);
    }
  });

  test('fits in the 256 characters of a query parameter, for the longest position', () => {
    expect(encodeCursor(identity, `${'n'.repeat(63)}@${'1'.repeat(64)}`).length).toBeLessThanOrEqual(256);
  });
});
