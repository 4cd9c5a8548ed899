import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../core/contract/json.ts';
import { mergePatch } from '../../../../core/jobs/submission/merge-patch.ts';

/** The examples of RFC 7396, appendix A. */
const examples: readonly (readonly [JsonValue, JsonValue, JsonValue])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue); // JSON

describe('mergePatch', () => {
  test.each(examples)('merges %j with %j as RFC 7396 specifies', (target, patch, after) => {
    expect(mergePatch(target, patch)).toEqual(after);
  });

  test('treats __proto__ like any other member', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as JsonValue; // JSON
    const after = mergePatch({}, patch);
    expect(JSON.stringify(after)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  test('changes nothing when a patch is repeated, and does not modify its inputs', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });
});
