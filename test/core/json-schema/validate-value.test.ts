import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';

function check(schema: JsonObject, parameters: JsonValue) {
  return validateValue({ schema, value: parameters, root: '/parameters' });
}

function faultsOf(schema: JsonObject, parameters: JsonValue) {
  return check(schema, parameters).violations.map(
    ({ pointer, keyword, detail }) => `${pointer} ${keyword}: ${detail}`,
  );
}

const shape: JsonObject = {
  oneOf: [
    {
      title: 'a circle',
      properties: { kind: { const: 'circle' }, radius: { type: 'number' } },
      required: ['kind', 'radius'],
    },
    {
      title: 'a square',
      properties: { kind: { const: 'square' }, side: { type: 'number' } },
      required: ['kind', 'side'],
    },
  ],
};

const reportedErrors: readonly (readonly [string, JsonObject, JsonValue, readonly string[]])[] = [
  ['a wrong type', { type: 'object' }, [], ['/parameters type: must be an object, not an array']],
  [
    'wrong types, all of them',
    { properties: { a: { type: ['integer', 'null'] }, b: { items: { type: 'string' } } } },
    { a: 1.5, b: ['x', 1, true] },
    [
      '/parameters/a type: must be an integer or null, not the number 1.5',
      '/parameters/b/1 type: must be a string, not the number 1',
      '/parameters/b/2 type: must be a string, not the boolean true',
    ],
  ],
  [
    'missing properties, at their own place',
    { required: ['a/b', 'c~d'], dependentRequired: { x: ['y'] } },
    { x: 1 },
    [
      '/parameters/a~1b required: must be present',
      '/parameters/c~0d required: must be present',
      '/parameters/y dependentRequired: must be present when x is',
    ],
  ],
  [
    'unknown properties, at their own place and with the nearest name',
    { properties: { width: {}, height: {} }, additionalProperties: false },
    { wdith: 1, 'größe %#?': 2 },
    [
      '/parameters/wdith additionalProperties: is not a known property; did you mean width?',
      '/parameters/größe %#? additionalProperties: is not a known property; known properties are width, height',
    ],
  ],
  [
    'a property called __proto__ as any other',
    { properties: { a: {} }, additionalProperties: false },
    JSON.parse('{"__proto__": {"a": 1}}'),
    ['/parameters/__proto__ additionalProperties: is not a known property; known properties are a'],
  ],
  [
    'unevaluated properties',
    { allOf: [{ properties: { a: {} } }], properties: { b: {} }, unevaluatedProperties: false },
    { a: 1, b: 2, c: 3 },
    ['/parameters/c unevaluatedProperties: is not a known property; known properties are b, a'],
  ],
  [
    'no echo of another fault in unevaluated properties',
    {
      $ref: '#/$defs/a',
      unevaluatedProperties: false,
      $defs: { a: { properties: { a: { type: 'string' } } } },
    },
    { a: 1 },
    ['/parameters/a type: must be a string, not the number 1'],
  ],
  [
    'a bad property name',
    { propertyNames: { pattern: '^[a-z]+$', maxLength: 3 } },
    { ABCD: 1, ab: 2 },
    [
      '/parameters/ABCD propertyNames: has an invalid name, which must have at most 3 characters, not 4, and must match the pattern ^[a-z]+$, not "ABCD"',
    ],
  ],
  [
    'limits of numbers',
    { items: { minimum: 2, exclusiveMaximum: 5, multipleOf: 0.1 } },
    [1, 5, 2.25, 0.3e1],
    [
      '/parameters/0 minimum: must be at least 2, not 1',
      '/parameters/1 exclusiveMaximum: must be less than 5, not 5',
      '/parameters/2 multipleOf: must be a multiple of 0.1, not 2.25',
    ],
  ],
  [
    'choices',
    { properties: { a: { enum: ['x', null, 3] }, b: { const: { c: 1 } } } },
    { a: 'y', b: 'z' },
    [
      '/parameters/a enum: must be one of "x", null, 3, not "y"',
      '/parameters/b const: must be an object, not "z"',
    ],
  ],
  [
    'lengths, in code points',
    { items: { minLength: 2, maxItems: 1 }, uniqueItems: true },
    ['😀', [1, 2], [1, 2]],
    [
      '/parameters/0 minLength: must have at least 2 characters, not 1',
      '/parameters/1 maxItems: must have at most 1 items, not 2',
      '/parameters/2 maxItems: must have at most 1 items, not 2',
      '/parameters uniqueItems: must not have duplicate items',
    ],
  ],
  ['a pattern', { pattern: '^a$' }, 'b', ['/parameters pattern: must match the pattern ^a$, not "b"']],
  [
    'a format',
    { format: 'date-time' },
    '2026-13-01',
    ['/parameters format: must have the format date-time, not "2026-13-01"'],
  ],
  [
    'a value where none is allowed',
    { properties: { a: false } },
    { a: 1 },
    ['/parameters/a not: must be removed: no value is allowed here'],
  ],
  [
    'items where none are allowed',
    { prefixItems: [true], items: false },
    [1, 2],
    ['/parameters/1 items: must be removed: no further items are allowed'],
  ],
  [
    'what then and else ask for',
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
    { if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } },
    { a: 1 },
    ['/parameters/b required: must be present'],
  ],
  [
    'a union of types in one fault',
    {
      anyOf: [{ type: 'string' }, { type: 'null' }, { $ref: '#/$defs/n' }],
      $defs: { n: { type: 'integer' } },
    },
    true,
    ['/parameters anyOf: must be a string or null or an integer, not true'],
  ],
  [
    'the nearest form of a union in one fault',
    shape,
    { kind: 'square' },
    ['/parameters oneOf: matches none of 2 alternatives; the closest is a square: /side must be present'],
  ],
  [
    'forms that fit together though only one may',
    { oneOf: [{ type: 'integer' }, { minimum: 1, title: 'from one' }, { type: 'string' }] },
    2,
    ['/parameters oneOf: must match exactly one of 3 alternatives, but matches an integer and from one'],
  ],
  [
    'what no item is',
    { contains: { type: 'string' }, minContains: 2 },
    ['a', 1],
    ['/parameters minContains: must have at least 2 items that match the contains schema'],
  ],
  [
    'what may not be',
    { not: { required: ['a'] } },
    { a: 1 },
    ['/parameters not: must not match the schema of the keyword not'],
  ],
  [
    'faults behind references and deep inside',
    {
      $ref: '#/$defs/node',
      $defs: { node: { properties: { next: { $ref: '#/$defs/node' }, v: { maximum: 1 } } } },
    },
    { next: { next: { v: 2 } } },
    ['/parameters/next/next/v maximum: must be at most 1, not 2'],
  ],
  [
    'a number that no double holds',
    {},
    JSON.parse('[1e999]'),
    ['/parameters/0 type: must be a number within the range of a double'],
  ],
  [
    'a name that is no Unicode text',
    {},
    { '\ud800': 1 },
    ['/parameters/\ud800 unicode: must have a name that is well-formed Unicode'],
  ],
];

describe('the check of parameters', () => {
  test.each(reportedErrors)('reports %s', (_title, schema, value, faults) => {
    expect(faultsOf(schema, value)).toEqual(faults);
  });

  test('does not modify a frozen schema and uses it again', () => {
    const schema = deepFreeze({ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } });
    expect(faultsOf(schema, 1)).toHaveLength(1);
    expect(faultsOf(schema, 'x')).toHaveLength(0);
  });

  test('refuses an unknown keyword, and id, in a schema', () => {
    const schema = {
      id: 'http://x/',
      'x-y': { $ref: '#/none', id: {} },
      items: { id: '#a', type: 'integer' },
    };
    expect(faultsOf(schema, [1, 'a'])).toEqual([
      '/parameters/1 type: must be an integer, not the string "a"',
    ]);
  });

  test('reports up to 1,000 errors of a value that has about 200,000', () => {
    const { violations: faults } = check(
      { properties: { a: { items: { type: 'string' } } } },
      { a: new Array(200_000).fill(1) },
    );
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(1000);
    expect(faults[0]?.pointer).toBe('/parameters/a/0');
  });

  test('terminates where the branches to try double with every level', () => {
    const branch = { properties: { left: { $ref: '#' } }, required: ['left'] };
    const schema = { anyOf: [branch, { ...branch, title: 'b' }, { type: 'integer' }] };
    const nest = (leaf: JsonValue) =>
      Array.from({ length: 60 }).reduce<JsonValue>((left) => ({ left }), leaf);
    expect(check(schema, nest({})).violations).toMatchObject([
      {
        pointer: '/parameters',
        keyword: 'schema',
        detail: expect.stringMatching(/too many alternatives|too much time/),
      },
    ]);
    // The first branch fits at every level, so no other branch is tried.
    expect(check(schema, nest('leaf')).violations).toEqual([]);
    expect(check(schema, { left: 3 }).violations).toEqual([]);
  });

  test.each(['^.*.*.*.*=.*$', 'a*a*a*a*a*b'])('stops the pattern %s on a long text', (pattern) => {
    const started = performance.now();
    const { violations: faults } = check({ properties: { a: { pattern } } }, { a: 'a'.repeat(5000) });
    expect(faults).toMatchObject([
      { pointer: '/parameters', keyword: 'schema', detail: expect.stringMatching(/too much time/) },
    ]);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(check({ properties: { a: { pattern } } }, { a: 'a=b' }).violations).toEqual([]);
  });

  test('reports the first of very many errors whose locations have very long names', () => {
    const schema = { additionalProperties: { additionalProperties: { type: 'string' } } };
    const members = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]));
    const { violations: faults } = check(schema, { ['x'.repeat(300_000)]: members });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThan(20);
  });

  test('compares 100,000 items in linear time', () => {
    const numbers = Array.from({ length: 100_000 }, (_, index) => index);
    const objects = numbers.map((index) => ({ a: [index], b: 'x' }));
    for (const items of [numbers, objects]) {
      const started = performance.now();
      expect(check({ uniqueItems: true }, items).violations).toEqual([]);
      expect(performance.now() - started).toBeLessThan(5000);
      const twice = [...items, items[50_000] ?? null];
      expect(check({ uniqueItems: true }, twice).violations).toMatchObject([{ keyword: 'uniqueItems' }]);
    }
    expect(
      check({ uniqueItems: true }, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]).violations,
    ).toHaveLength(1);
    expect(check({ uniqueItems: true }, [1, '1', [1], ['1'], true, null, 'null']).violations).toEqual([]);
  });

  test.each([
    ['two million numbers', { items: { type: 'integer' } }, '1'],
    [
      'two million numbers behind a reference',
      { items: { $ref: '#/$defs/n' }, $defs: { n: { type: 'integer' } } },
      '1',
    ],
    ['more than a million empty objects', { items: { type: 'object', properties: { a: {} } } }, '{}'],
  ] as const)('accepts 4 MB of %s that fit', (_title, schema, item) => {
    const count = Math.floor(4_194_300 / (item.length + 1));
    const value: JsonValue = JSON.parse(`[${new Array(count).fill(item).join(',')}]`);
    expect(check(schema, value).violations).toEqual([]);
  });

  test('finds the error at the end of a long value, and reports its location', () => {
    const value = [...new Array<JsonValue>(500_000).fill(1), 'x'];
    expect(faultsOf({ items: { type: 'integer' } }, value)).toEqual([
      '/parameters/500000 type: must be an integer, not the string "x"',
    ]);
  });

  test('refuses a value that is nested too deeply to be checked', () => {
    let value: JsonValue = 1;
    for (let depth = 0; depth < 5000; depth += 1) value = [value];
    expect(check({ items: { $ref: '#' } }, value).violations).toMatchObject([{ keyword: 'depth' }]);
  });

  test('agrees with another validator on what fits, for all small schemas and values', () => {
    fc.assert(
      fc.property(anySchema, anyValue, (schema, value) => {
        const expected = otherOpinion(withoutDefaults(schema), value);
        fc.pre(expected !== undefined);
        expect(check(withoutDefaults(schema), value).violations.length === 0).toBe(expected);
      }),
      // A fixed seed: errors of the other validator must not make this test fail occasionally.
      { numRuns: 200, seed: 20 },
    );
  });

  test('returns a fitting value unchanged when it is checked again, and does not modify the input', () => {
    fc.assert(
      fc.property(anySchema, anyValue, (schema, value) => {
        const before = JSON.stringify(value);
        const checked = check(schema, deepFreeze(value));
        expect(JSON.stringify(value)).toBe(before);
        const again = check(schema, checked.value);
        expect(again.value).toEqual(checked.value);
        expect(again.violations).toEqual(checked.violations);
      }),
      { numRuns: 400 },
    );
  });

  test('does not throw for any JSON value, and returns pointers that resolve', () => {
    fc.assert(
      fc.property(anySchema, fc.jsonValue(), (schema, value) => {
        // fast-check's type of JSON has mutable arrays; it is the same JSON.
        for (const { pointer } of check(schema, value as JsonValue).violations)
          expect(pointer).toMatch(/^\/parameters(\/|$)/);
      }),
      { numRuns: 300 },
    );
  });
});

/**
 * Undefined where Ajv 8.20 is not reliable: it emits undeclared names for some schemas that never fit, lets an empty
 * array pass `contains` after another keyword, forgets the evaluations of an `if` without `then`, and does
 * not track `__proto__`.
 */
function otherOpinion(schema: JsonObject, value: JsonValue): boolean | undefined {
  const text = JSON.stringify(schema);
  if (JSON.stringify(value).includes('"__proto__"')) return undefined;
  if (text.includes('"contains"') && JSON.stringify(value).includes('[]')) return undefined;
  if (text.includes('"if"') && text.includes('"unevaluatedProperties"')) return undefined;
  try {
    return new Ajv2020({ strict: false, logger: false }).validate(schema, value);
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

const anyName = fc.constantFrom('a', 'b', 'a/b', '__proto__', '');
const anyScalar = fc.constantFrom<JsonValue>(0, 1, 2.5, -3, 'a', 'bb', '', true, null);
const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyScalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(anyName, tie('value')), { selector: ([name]) => name, maxLength: 3 })
      .map(Object.fromEntries),
  ),
}));

const { schema: anySubSchema } = fc.letrec<{ schema: JsonObject }>((tie) => {
  const schema = tie('schema');
  const some = fc.array(schema, { minLength: 1, maxLength: 2 });
  const named = fc.dictionary(fc.constantFrom('a', 'b', 'a/b'), schema, {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const keywords: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
    type: fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'null'),
    enum: fc.array(anyScalar, { minLength: 1, maxLength: 3 }),
    default: fc.constantFrom<JsonValue>(1, 'a', {}, []),
    required: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }),
    minimum: fc.constantFrom(0, 1),
    maxLength: fc.constantFrom(0, 1),
    pattern: fc.constant('^a'),
    minItems: fc.constant(1),
    uniqueItems: fc.constant(true),
    properties: named,
    patternProperties: fc.dictionary(fc.constant('^b'), schema, { noNullPrototype: true }),
    additionalProperties: fc.oneof(schema, fc.boolean()),
    unevaluatedProperties: fc.boolean(),
    propertyNames: fc.record({ maxLength: fc.constantFrom(1, 2) }, { noNullPrototype: true }),
    items: fc.oneof(schema, fc.boolean()),
    prefixItems: some,
    contains: schema,
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: schema,
    if: schema,
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
    then: schema,
    else: schema,
    $ref: fc.constant('#/$defs/d'),
  };
  const members = Object.entries(keywords).map(([keyword, value]) => fc.tuple(fc.constant(keyword), value));
  const made = fc.array(fc.oneof(...members), { minLength: 1, maxLength: 4 }).map(Object.fromEntries);
  return { schema: fc.oneof({ maxDepth: 3 }, fc.constant({}), { arbitrary: made, weight: 4 }) };
});

const anySchema: fc.Arbitrary<JsonObject> = fc
  .tuple(anySubSchema, anySubSchema)
  .map(([root, definition]) => ({ ...root, $defs: { d: withoutKeyword(definition, '$ref') } }));

function withoutDefaults(schema: JsonObject): JsonObject {
  return withoutKeyword(schema, 'default');
}

/** No property of these schemas has the name of a keyword. */
function withoutKeyword(schema: JsonObject, keyword: string): JsonObject {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === keyword ? undefined : value)));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
