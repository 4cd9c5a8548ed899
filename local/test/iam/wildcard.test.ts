import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { arnLike } from '../../iam/arn-like.ts';
import { wildcardMatch } from '../../iam/wildcard.ts';

const pattern = array(constantFrom('a', 'b', '*', '?', '.', ':', '/'), { maxLength: 8 }).map((parts) =>
  parts.join(''),
);
const text = array(constantFrom('a', 'b', '.', ':', '/'), { maxLength: 8 }).map((parts) => parts.join(''));

test('a wildcard pattern matches what the same regular expression matches', () => {
  assert(
    property(pattern, text, (pattern, given) => {
      const escaped = pattern
        .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
        .replaceAll('\\*', '.*')
        .replaceAll('\\?', '.');
      expect(wildcardMatch(pattern, given)).toBe(new RegExp(`^${escaped}$`, 's').test(given));
    }),
    { numRuns: 2000 },
  );
});

test('every text matches itself, a star, and itself with a star at any position', () => {
  assert(
    property(string(), string(), (left, right) => {
      const plain = (part: string) => part.replace(/[*?]/g, '-');
      const whole = plain(left) + plain(right);
      expect(wildcardMatch(whole, whole)).toBe(true);
      expect(wildcardMatch('*', whole)).toBe(true);
      expect(wildcardMatch(`${plain(left)}*${plain(right)}`, whole)).toBe(true);
      expect(wildcardMatch(`${whole}?`, whole)).toBe(false);
    }),
  );
});

test('many stars do not make matching slow', () => {
  const startedAt = performance.now();
  expect(wildcardMatch(`${'a*'.repeat(50)}b`, 'a'.repeat(2000))).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test.each([
  ['arn:aws:states:*:1:stateMachine:*', 'arn:aws:states:eu-central-1:1:stateMachine:router', true],
  ['arn:aws:states:*:stateMachine:router', 'arn:aws:states:eu-central-1:1:stateMachine:router', false],
  ['arn:aws:sqs:*:*:work', 'arn:aws:sqs:eu-central-1:1:work', true],
  ['*', 'arn:aws:sqs:eu-central-1:1:work', true],
])('ARN pattern %s on %s is %s', (pattern, given, expected) => {
  expect(arnLike(pattern, given)).toBe(expected);
});
