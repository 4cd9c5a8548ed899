import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/contract/json.ts';
import { defaultViolations } from '../../../core/json-schema/validation/default-violations.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';
import { checkDefinition } from '../../../core/services/check-definition.ts';

const pointersOf = (schema: JsonObject) => defaultViolations(schema, '').map(({ pointer }) => pointer);

describe('a default', () => {
  test('that does not match its own schema is refused at its location, with the error', () => {
    const schema = { properties: { size: { type: 'integer', minimum: 1, default: '5' } } };
    expect(defaultViolations(schema, '/parameters')).toEqual([
      {
        pointer: '/parameters/properties/size/default',
        detail: 'must be an integer, not the string "5"',
        keyword: 'type',
      },
    ]);
  });

  test.each<readonly [string, JsonObject, readonly string[]]>([
    ['at the root', { type: 'object', default: [] }, ['/default']],
    ['of an item', { items: { maxLength: 1, default: 'ab' } }, ['/items/default']],
    ['in a definition', { $defs: { a: { enum: [1], default: 2 } } }, ['/$defs/a/default']],
    ['in a choice', { anyOf: [{ type: 'string', default: 1 }, {}] }, ['/anyOf/0/default']],
    [
      'beside a reference',
      { properties: { a: { $ref: '#/$defs/n', default: 'x' } }, $defs: { n: { type: 'number' } } },
      ['/properties/a/default'],
    ],
    [
      'that a reference to the whole refuses',
      { type: 'object', properties: { a: { $ref: '#', default: 1 } } },
      ['/properties/a/default'],
    ],
    [
      'with a fault further in',
      { properties: { a: { properties: { 'b/c': { type: 'null' } }, default: { 'b/c': 0 } } } },
      ['/properties/a/default/b~1c'],
    ],
    ['of a format', { format: 'date', default: '2026-02-30' }, ['/default']],
    ['of a pattern', { pattern: '^a$', default: 'b' }, ['/default']],
    ['that no value fits', { properties: { a: { not: {}, default: 1 } } }, ['/properties/a/default']],
  ])('is refused %s', (_, schema, pointers) => {
    expect(pointersOf(schema)).toEqual(pointers);
  });

  test.each<readonly [string, JsonObject]>([
    ['fits its own schema', { properties: { a: { type: ['string', 'null'], default: null } } }],
    ['has no other schema', { default: 7 }],
    [
      'is completed by the defaults inside it',
      {
        properties: {
          a: { required: ['b'], properties: { b: { type: 'integer', default: 1 } }, default: {} },
        },
      },
    ],
    [
      'is in a schema that applies itself again',
      { maxProperties: 0, default: {}, properties: { child: { $ref: '#' } } },
    ],
    ['is the name of a property', { properties: { default: { type: 'string' } } }],
    ['is data of an enumeration', { enum: [{ type: 'string', default: 1 }] }],
  ])('is accepted when it %s', (_, schema) => {
    expect(pointersOf(schema)).toEqual([]);
  });

  test('that is accepted always passes in a submission that omits the value', () => {
    const schema: JsonObject = {
      properties: { a: { required: ['b'], properties: { b: { type: 'integer', default: 1 } }, default: {} } },
    };
    expect(pointersOf(schema)).toEqual([]);
    const checked = validateValue({ schema, value: {}, root: '' });
    expect(checked).toEqual({ value: { a: { b: 1 } }, violations: [] });
  });
});

describe('a definition with such a default', () => {
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-x' } as const;
  const wrong = { properties: { a: { type: 'integer', default: 'x' } } };

  test('is refused, in both of its schemas', async () => {
    const errors = ['/parameters', '/result'].map((schema) =>
      expect.objectContaining({ pointer: `${schema}/properties/a/default`, keyword: 'type' }),
    );
    await expect(checkDefinition({ parameters: wrong, result: wrong, dispatcher })).rejects.toMatchObject({
      slug: 'schema-invalid',
      extension: { errors },
    });
  });

  test('is refused for its schema alone when that cannot be checked', async () => {
    const unusable = { ...wrong, $ref: '#/$defs/none' };
    await expect(checkDefinition({ parameters: unusable, dispatcher })).rejects.toMatchObject({
      extension: { errors: [{ pointer: '/parameters/$ref' }] },
    });
  });
});

describe('the defaults of the largest schemas', () => {
  const many = (count: number, part: JsonObject) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, part]));

  test('are checked quickly', () => {
    const wide = {
      properties: many(2000, { $ref: '#/$defs/a', default: 1 }),
      $defs: { a: { type: 'integer' } },
    };
    const start = performance.now();
    expect(pointersOf(wide)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('have at most 1,000 errors', () => {
    expect(defaultViolations({ properties: many(2000, { type: 'string', default: 1 }) }, '')).toHaveLength(
      1000,
    );
  });

  test('are refused after 4 s when the check takes longer', () => {
    const branches = Array.from({ length: 60 }, () => ({ $ref: '#/$defs/b' }));
    const slow = {
      properties: many(1200, { $ref: '#/$defs/a', default: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
      $defs: { a: { items: { allOf: branches } }, b: { allOf: Array(60).fill({ multipleOf: 1e-9 }) } },
    };
    const start = performance.now();
    const [fault] = defaultViolations(slow, '/parameters');
    expect(fault).toMatchObject({ pointer: '/parameters', keyword: 'default' });
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
