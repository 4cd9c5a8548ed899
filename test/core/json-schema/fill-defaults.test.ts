import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';

const size = { type: 'integer', default: 5 };

const filled: readonly (readonly [string, JsonObject, JsonValue, JsonValue])[] = [
  [
    'of absent properties, null and false included',
    { properties: { a: size, b: { default: null }, c: { default: false } } },
    {},
    { a: 5, b: null, c: false },
  ],
  [
    'not of present ones',
    { properties: { a: size, b: { default: 1 } } },
    { a: 1, b: null },
    { a: 1, b: null },
  ],
  [
    'in an object that is there',
    { properties: { o: { properties: { a: size } } } },
    { o: {} },
    { o: { a: 5 } },
  ],
  [
    'not in an object that is absent without a default',
    { properties: { o: { properties: { a: size } } } },
    {},
    {},
  ],
  [
    'inside an object made from a default',
    { properties: { o: { default: { b: 1 }, properties: { a: size } } } },
    {},
    { o: { b: 1, a: 5 } },
  ],
  ['in items', { items: { properties: { a: size } } }, [{}, { a: 1 }, 2], [{ a: 5 }, { a: 1 }, 2]],
  [
    'in the first and the further items',
    { prefixItems: [{ properties: { a: size } }], items: { properties: { b: size } } },
    [{}, {}],
    [{ a: 5 }, { b: 5 }],
  ],
  [
    'of additional properties',
    { additionalProperties: { properties: { a: size } } },
    { x: {} },
    { x: { a: 5 } },
  ],
  ['by reference', { properties: { a: { $ref: '#/$defs/size' } }, $defs: { size } }, {}, { a: 5 }],
  [
    'beside a reference rather than behind it',
    { properties: { a: { $ref: '#/$defs/size', default: 7 } }, $defs: { size } },
    {},
    { a: 7 },
  ],
  [
    'by allOf',
    { allOf: [{ properties: { a: size } }, { properties: { b: { default: 1 } } }] },
    {},
    { a: 5, b: 1 },
  ],
  [
    'not where two equally near ones differ',
    { allOf: [{ properties: { a: size } }, { properties: { a: { default: 1 } } }] },
    {},
    {},
  ],
  [
    'where two equally near ones are equal',
    {
      allOf: [
        { properties: { a: { default: { x: 1, y: 2 } } } },
        { properties: { a: { default: { y: 2, x: 1 } } } },
      ],
    },
    {},
    { a: { x: 1, y: 2 } },
  ],
  [
    'not by choices',
    {
      anyOf: [{ properties: { a: size } }],
      oneOf: [{ properties: { b: size } }],
      if: { properties: { c: size } },
    },
    {},
    {},
  ],
  ['not of the root', { default: { a: 1 } }, {}, {}],
  [
    'along a recursive schema as deep as the value goes',
    { properties: { v: size, next: { $ref: '#' } } },
    { next: { next: {} } },
    { v: 5, next: { v: 5, next: { v: 5 } } },
  ],
  [
    'that bring themselves in, once',
    { $ref: '#/$defs/n', $defs: { n: { default: {}, properties: { n: { $ref: '#/$defs/n' } } } } },
    {},
    { n: {} },
  ],
];

describe('the filling in of defaults', () => {
  test.each(filled)('is done %s', (_title, schema, parameters, expected) => {
    const checked = validateValue({ schema, value: parameters, root: '' });
    expect(checked.value).toEqual(expected);
    expect(checked.violations).toEqual([]);
  });

  test('happens before the check, so that a required property with a default can be omitted', () => {
    const schema = { properties: { a: size }, required: ['a'] };
    expect(validateValue({ schema, value: {}, root: '' }).violations).toEqual([]);
  });

  test('adds a default called __proto__ as an own property', () => {
    const schema: JsonObject = { properties: JSON.parse('{"__proto__": {"default": {"a": 1}}}') };
    const { value: parameters } = validateValue({ schema, value: {}, root: '' });
    expect(JSON.stringify(parameters)).toBe('{"__proto__":{"a":1}}');
    expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
  });

  test('is an error when it would add more than a million characters', () => {
    const step = (index: number) => ({
      default: {},
      properties: { a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } },
    });
    const steps = Array.from({ length: 30 }, (_, index) => [`d${index}`, step(index)] as const);
    const schema = {
      properties: { x: { $ref: '#/$defs/d0' } },
      $defs: { ...Object.fromEntries(steps), d30: {} },
    };
    const { violations: faults } = validateValue({ schema, value: {}, root: '/parameters' });
    expect(faults).toMatchObject([
      { pointer: '/parameters', keyword: expect.stringMatching(/^(?:default|schema)$/) },
    ]);
  });
});
