import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileEventPattern } from '../../events/event-pattern.ts';

const matches = (pattern: unknown, event: unknown): boolean => compileEventPattern(pattern, 'Pattern')(event);

/**
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * and its neighbouring pages.
 */
const testCases: ReadonlyArray<readonly [pattern: object, event: object, expected: boolean]> = [
  [{ source: ['aws.ec2'] }, { source: 'aws.ec2' }, true],
  [{ source: ['aws.ec2'] }, { source: 'aws.ec2x' }, false],
  [{ source: ['aws.ec2', 'aws.s3'] }, { source: 'aws.s3' }, true],
  [
    { source: ['aws.ec2'], detail: { state: ['terminated'] } },
    { source: 'aws.ec2', detail: { state: 'terminated' } },
    true,
  ],
  [
    { source: ['aws.ec2'], detail: { state: ['terminated'] } },
    { source: 'aws.ec2', detail: { state: 'running' } },
    false,
  ],
  [{ detail: { a: [1, true, null, ''] } }, { detail: { a: null } }, true],
  [{ detail: { a: [''] } }, { detail: { a: '' } }, true],
  [{ detail: { a: [''] } }, { detail: {} }, false],
  [{ detail: { a: [null] } }, { detail: {} }, false],
  [{ detail: { a: [1] } }, { detail: { a: '1' } }, false],
  [{ detail: { a: [true] } }, { detail: { a: true } }, true],
  [{ resources: ['x'] }, { resources: ['y', 'x'] }, true],
  [{ resources: ['x'] }, { resources: [] }, false],
  [{ time: [{ prefix: '2017-10-02' }] }, { time: '2017-10-02T18:43:48Z' }, true],
  [{ time: [{ prefix: '2017' }] }, { time: 2017 }, false],
  [
    { detail: { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] } },
    { detail: { service: 'eventbridge' } },
    true,
  ],
  [{ detail: { f: [{ suffix: '.png' }] } }, { detail: { f: 'a.png' } }, true],
  [{ detail: { f: [{ suffix: '.png' }] } }, { detail: { f: 'a.PNG' } }, false],
  [{ detail: { f: [{ suffix: { 'equals-ignore-case': '.png' } }] } }, { detail: { f: 'a.PNG' } }, true],
  [{ detail: { s: [{ 'anything-but': 'initializing' }] } }, { detail: { s: 'ready' } }, true],
  [{ detail: { s: [{ 'anything-but': 'initializing' }] } }, { detail: { s: 'initializing' } }, false],
  [{ detail: { s: [{ 'anything-but': 'initializing' }] } }, { detail: {} }, false],
  [
    { detail: { s: [{ 'anything-but': ['stopped', 'overloaded'] }] } },
    { detail: { s: 'overloaded' } },
    false,
  ],
  [{ detail: { n: [{ 'anything-but': [100, 200] }] } }, { detail: { n: 300 } }, true],
  [{ detail: { n: [{ 'anything-but': 100 }] } }, { detail: { n: 100 } }, false],
  [{ detail: { s: [{ 'anything-but': { prefix: 'init' } }] } }, { detail: { s: 'initializing' } }, false],
  [{ detail: { s: [{ 'anything-but': { prefix: ['a', 'b'] } }] } }, { detail: { s: 'c' } }, true],
  [{ detail: { s: [{ 'anything-but': { suffix: '.txt' } }] } }, { detail: { s: 'a.txt' } }, false],
  [{ detail: { s: [{ 'anything-but': { wildcard: '*/lib/*' } }] } }, { detail: { s: 'x/lib/y' } }, false],
  [{ detail: { s: [{ 'anything-but': { wildcard: '*/lib/*' } }] } }, { detail: { s: 'x/bin/y' } }, true],
  [
    { detail: { s: [{ 'anything-but': { 'equals-ignore-case': ['a', 'B'] } }] } },
    { detail: { s: 'b' } },
    false,
  ],
  [{ detail: { c: [{ numeric: ['>', 0, '<=', 5] }] } }, { detail: { c: 5 } }, true],
  [{ detail: { c: [{ numeric: ['>', 0, '<=', 5] }] } }, { detail: { c: 0 } }, false],
  [{ detail: { c: [{ numeric: ['<', 10] }] } }, { detail: { c: 9.5 } }, true],
  [{ detail: { c: [{ numeric: ['=', 3.018e2] }] } }, { detail: { c: 301.8 } }, true],
  [{ detail: { c: [{ numeric: ['=', 1] }] } }, { detail: { c: '1' } }, false],
  [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, { detail: { ip: '10.0.0.255' } }, true],
  [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, { detail: { ip: '10.0.1.0' } }, false],
  [{ detail: { ip: [{ cidr: '2001:db8::/32' }] } }, { detail: { ip: '2001:db8::1' } }, true],
  [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, { detail: { ip: 'ten' } }, false],
  [{ detail: { state: [{ exists: true }] } }, { detail: { state: null } }, true],
  [{ detail: { state: [{ exists: true }] } }, { detail: { state: {} } }, false],
  [{ detail: { state: [{ exists: true }] } }, { detail: {} }, false],
  [{ detail: { state: [{ exists: false }] } }, { detail: {} }, true],
  [{ detail: { state: [{ exists: false }] } }, {}, true],
  [{ detail: { state: [{ exists: false }] } }, { detail: { state: 'x' } }, false],
  [{ detail: { a: ['x', { exists: false }] } }, { detail: {} }, true],
  [{ detail: { n: [{ 'equals-ignore-case': 'aLiCe' }] } }, { detail: { n: 'ALICE' } }, true],
  [{ detail: { p: [{ wildcard: 'dir/*.png' }] } }, { detail: { p: 'dir/a/b.png' } }, true],
  [{ detail: { p: [{ wildcard: 'dir/*.png' }] } }, { detail: { p: 'dir/a.jpg' } }, false],
  [{ detail: { p: [{ wildcard: 'a\\*b' }] } }, { detail: { p: 'a*b' } }, true],
  [{ detail: { p: [{ wildcard: 'a\\*b' }] } }, { detail: { p: 'axb' } }, false],
  [{ detail: { p: [{ wildcard: 'a.b' }] } }, { detail: { p: 'axb' } }, false],
  [{ $or: [{ source: ['a'] }, { detail: { x: [1] } }] }, { source: 'b', detail: { x: 1 } }, true],
  [{ $or: [{ source: ['a'] }, { detail: { x: [1] } }] }, { source: 'b', detail: { x: 2 } }, false],
  [{ source: ['b'], $or: [{ a: [1] }, { c: [2] }] }, { source: 'b', c: 2 }, true],
  [{ source: ['b'], $or: [{ a: [1] }, { c: [2] }] }, { source: 'x', c: 2 }, false],
  [{ detail: { $or: [{ a: [{ numeric: ['>', 5] }] }, { b: ['x'] }] } }, { detail: { a: 6 } }, true],
  [
    { detail: { items: { id: [1], ok: [true] } } },
    {
      detail: {
        items: [
          { id: 1, ok: false },
          { id: 1, ok: true },
        ],
      },
    },
    true,
  ],
  [
    { detail: { items: { id: [1], ok: [true] } } },
    {
      detail: {
        items: [
          { id: 1, ok: false },
          { id: 2, ok: true },
        ],
      },
    },
    false,
  ],
  [
    { dynamodb: { NewImage: { status: { S: ['succeeded'] } } } },
    { dynamodb: { NewImage: { status: { S: 'succeeded' } } } },
    true,
  ],
  [{ detail: { toString: [{ exists: false }] } }, { detail: {} }, true],
];

/** As Event Ruler, the library of EventBridge; `npm run oracle` compares many more. */
const rulerCases: typeof testCases = [
  // Fields in the same array are in the same element, wherever the pattern states them.
  [{ a: { b: ['x'] }, $or: [{ a: { c: ['y'] } }, { d: [1] }] }, { a: [{ b: 'x' }, { c: 'y' }] }, false],
  [{ a: { b: ['x'] }, $or: [{ a: { c: ['y'] } }, { d: [1] }] }, { a: [{ b: 'x', c: 'y' }] }, true],
  [{ a: { b: { c: ['x'], d: ['y'] } } }, { a: [{ b: [{ c: 'x' }] }, { b: [{ d: 'y' }] }] }, false],
  // The first field selects the element; a field of another array is free.
  [{ a: { b: ['x'], c: [{ exists: false }] } }, { a: [{ b: 'x' }, { c: 1 }] }, true],
  [{ a: { b: [{ exists: false }], c: ['x'] } }, { a: [{ b: 1 }, { c: 'x' }] }, false],
  [{ a: { b: ['x'] }, c: { d: ['y'] } }, { a: [{}, { b: 'x' }], c: [{ d: 'y' }] }, true],
  [{ a: { b: ['x'] } }, { a: [[{ b: 'x' }]] }, true],
  [{ a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, {}] }, false],
  [{ 'a.b': ['x'] }, { a: { b: 'x' } }, true],
  [{ a: { b: ['x'] } }, { 'a.b': 'x' }, true],
  [{ a: ['x'], $or: [{ a: ['y'] }, { b: [1] }] }, { a: 'y' }, true],
  [{ a: ['10.0.0.1'] }, { a: '010.0.0.1' }, true],
  [{ a: ['::1'] }, { a: '0:0:0:0:0:0:0:1' }, true],
  [{ a: ['::1'] }, { a: '::2' }, false],
  [{ a: [{ cidr: '10.0.0.7/24' }] }, { a: '::ffff:a00:1' }, true],
  [{ a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db9::' }, false],
  [{ a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db8::ffff:1%eth0' }, false],
  [{ a: [{ cidr: '0.0.0.0/0' }] }, { a: '::1' }, false],
  [{ a: [{ 'equals-ignore-case': 'ß' }] }, { a: 'SS' }, true],
  [{ a: [{ 'equals-ignore-case': 'k' }] }, { a: '\u212a' }, false],
  [{ a: [{ prefix: { 'equals-ignore-case': 'a.' } }] }, { a: 'A.b' }, true],
  [{ a: [{ prefix: { 'equals-ignore-case': 'a.' } }] }, { a: 'Axb' }, false],
  [{ a: [{ suffix: { 'equals-ignore-case': 'b' } }] }, { a: 'a\nB' }, true],
  [{ a: [{ suffix: { 'equals-ignore-case': 'b' } }] }, { a: 'ab\n' }, false],
];

describe('an event pattern', () => {
  test.each([...testCases, ...rulerCases])('%j matches %j: %j', (pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test.each<[unknown, string]>([
    [{}, 'at least one member'],
    [[], 'must be an object'],
    [{ detail: 'x' }, 'detail'],
    [{ detail: {} }, 'detail'],
    [{ detail: { a: [] } }, 'detail.a'],
    [{ detail: { a: [['x']] } }, 'detail.a'],
    [{ detail: { a: [{ regex: 'x' }] } }, 'detail.a.regex'],
    [{ detail: { a: [{ prefix: 'x', suffix: 'y' }] } }, 'exactly one operator'],
    [{ detail: { a: [{ prefix: 1 }] } }, 'detail.a.prefix'],
    [{ detail: { a: [{ numeric: ['>', 'x'] }] } }, 'is not a comparison and a number'],
    [{ detail: { a: [{ numeric: ['~', 1] }] } }, 'is not a comparison and a number'],
    [{ detail: { a: [{ numeric: ['>'] }] } }, 'numeric'],
    [{ detail: { a: [{ 'anything-but': ['x', 1] }] } }, 'only strings or only numbers'],
    [{ detail: { a: [{ 'anything-but': { regex: 'x' } }] } }, 'regex'],
    [{ detail: { a: [{ wildcard: 'a**b' }] } }, 'wildcard'],
    [{ detail: { a: [{ cidr: '10.0.0.0' }] } }, 'cidr'],
    [{ detail: { a: [{ exists: 'yes' }] } }, 'exists'],
    [{ detail: { a: [{ numeric: ['<', 2, '>', 0] }] } }, 'two comparisons must be'],
    [{ detail: { a: [{ numeric: ['>', 2, '<', 2] }] } }, 'two comparisons must be'],
    [{ detail: { a: [{ 'anything-but': { prefix: ['a', ''] } }] } }, 'must not be empty'],
    [{ detail: { a: [{ 'anything-but': { suffix: { 'equals-ignore-case': 'a' } } }] } }, 'must be a string'],
    [{ detail: { a: [{ cidr: '10.0.0.1/32' }] } }, 'below 32 for IPv4'],
    [{ detail: { a: [{ cidr: '::1/128' }] } }, '128 for IPv6'],
    [{ $or: [{ a: [1] }] }, '$or'],
    [{ $or: [{ a: [1] }, {}] }, '$or[1]'],
    [{ $or: [{ a: [1] }, { b: { prefix: ['x'] } }] }, 'Pattern.$or[1].b.prefix'],
    [{ $or: Array.from({ length: 1001 }, () => ({ a: [1] })) }, 'at most 1000 combinations'],
  ])('%j is refused, and the error states the location', (pattern, words) => {
    expect(() => compileEventPattern(pattern, 'Pattern')).toThrow(words);
  });

  test('is quick with many arrays in a pattern', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a${index}`);
    const elements = Array.from({ length: 50 }, () => ({ b: 'x' }));
    const event = Object.fromEntries(names.map((name) => [name, elements]));
    const pattern = { ...Object.fromEntries(names.map((name) => [name, { b: ['x'] }])), z: ['never'] };
    expect(matches(pattern, event)).toBe(false);
  });

  test('matches any text by its own escaped text as a wildcard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const wildcard = text.replace(/[\\*]/g, '\\$&');
        expect(matches({ a: [{ wildcard }] }, { a: text })).toBe(true);
      }),
    );
  });

  test('gives the same result for prefix, suffix and an equivalent wildcard', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (text, part) => {
        expect(matches({ a: [{ wildcard: `${part}*` }] }, { a: text })).toBe(
          matches({ a: [{ prefix: part }] }, { a: text }),
        );
        expect(matches({ a: [{ wildcard: `*${part}` }] }, { a: text })).toBe(
          matches({ a: [{ suffix: part }] }, { a: text }),
        );
      }),
    );
  });

  test('matches a present scalar if and only if anything-but does not', () => {
    const scalar = fc.oneof(
      fc.constantFrom('a', 'b', 'c'),
      fc.integer({ min: 0, max: 2 }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(scalar, fc.constantFrom('a', 'b'), (value, wanted) => {
        const is = matches({ a: [wanted] }, { a: value });
        expect(matches({ a: [{ 'anything-but': wanted }] }, { a: value })).toBe(!is);
      }),
    );
  });
});
