import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPattern } from '../../../core/json-schema/pattern/check-pattern.ts';

const harmless = [
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^[^"\\r\\n]$',
  '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$',
  '^(?:[0-9]{4}){1,4}$',
  '^(?:\\d{1,3}\\.){3}\\d{1,3}$',
  '^s3://[a-z0-9.-]{3,63}/(?:[^/]+/)*[^/]*$',
  '^(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$',
  '^\\p{L}+(?: \\p{L}+)*$',
  '^(?=.*\\d)(?=.*[a-z]).{8,64}$',
  '^(?:jpg|jpeg|png|gif)$',
  '^[A-Z]{1,1000}$',
  '^\\u{1F600}+$',
  '^(?<year>\\d{4})-(?<month>\\d\\d)$',
  '^(?:a|b|ab)$',
  '[\\]^]+\\/\\.x',
  '',
];

const catastrophic = [
  '^(a+)+$',
  '^(a*)*$',
  '^(a|a)+$',
  '^(a|a?)+$',
  '^(?:a|aa)+$',
  '^(\\w+\\s?)+$',
  '^(.+,)*.+$',
  '^([a-zA-Z0-9]+[._-]?)*@x$',
  '^(?:\\d|[0-5])*$',
  '^(?:a{1,30}){1,30}$',
  '^(?:a{1,30}){30}$',
  '^(?:a?){30}a{30}$',
  '^(?:a|a){30}$',
  '^(?:ab|a|b){40}$',
  '^(x(a?|b?)y)*$',
  '^(?=(a+)+$)',
  '(?<!(?:b|b)+c)',
  '^(\\u{1F600}|😀)+$',
  '^(\\p{L}|é)+$',
  '^(?<part>(?:[^/]+/?))+$',
];

describe('a pattern of a schema', () => {
  test.each(harmless)('can be %s', (pattern) => {
    expect(checkPattern(pattern)).toBeUndefined();
  });

  test.each(catastrophic)('cannot be %s, whose time can double with every character', (pattern) => {
    expect(checkPattern(pattern)).toMatch(/two ways/);
  });

  test('must compile with the u flag', () => {
    expect(checkPattern('a{')).toMatch(/u flag/);
    expect(checkPattern('\\-')).toMatch(/u flag/);
  });

  test('must not contain back references or inline flags, which cannot be checked', () => {
    expect(checkPattern('(a)\\1')).toMatch(/back reference/);
    expect(checkPattern('(?<x>a)\\k<x>')).toMatch(/back reference/);
    expect(checkPattern('(?i:a)')).toMatch(/flags/);
  });

  test('has at most 2,000 characters, and a limited number of choices inside a repeat', () => {
    expect(checkPattern('a'.repeat(2000))).toBeUndefined();
    expect(checkPattern('a'.repeat(2001))).toMatch(/at most 2000/);
    expect(checkPattern('('.repeat(999) + ')'.repeat(999))).toBeUndefined();
    const words = Array.from({ length: 400 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    expect(checkPattern(`^(?:${words.join('|')})+$`)).toMatch(/too many choices/);
  });

  test('can repeat a choice of words if and only if no text splits into those words in two ways', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        expect(checkPattern(`^(?:${words.join('|')})+$`) === undefined).toBe(isUniquelyDecodable(words));
      }),
      { numRuns: 500 },
    );
  });
});

/** The test of Sardinas and Patterson (1953). */
function isUniquelyDecodable(words: readonly string[]): boolean {
  if (new Set(words).size < words.length) return false;
  const dangling = new Set(words.flatMap((word) => words.flatMap((other) => leftOver(word, other))));
  for (const rest of dangling) {
    if (words.includes(rest)) return false;
    for (const word of words)
      for (const next of [...leftOver(rest, word), ...leftOver(word, rest)]) dangling.add(next);
  }
  return true;
}

function leftOver(prefix: string, word: string): readonly string[] {
  return prefix !== word && word.startsWith(prefix) ? [word.slice(prefix.length)] : [];
}
