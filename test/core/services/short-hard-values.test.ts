import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';
import { newCheckTime } from '../../../core/json-schema/limits/check-time.ts';
import { newPatternChecker } from '../../../core/json-schema/pattern/pattern-checker.ts';
import { schemaViolations } from '../../../core/json-schema/schema/schema-violations.ts';
import { compiledSchema } from '../../../core/json-schema/validation/compiled-schema.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';

const references = (count: number, to: string) => Array.from({ length: count }, () => ({ $ref: to }));
const names = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36));
const anyOf = (count: number) => Object.fromEntries(names(count).map((name) => [name, {}]));

/** Applies the schema 4,800 times to each item. */
function multiplied(schema: JsonObject): JsonObject {
  const p = { $anchor: 'p', allOf: references(48, '#q') };
  return {
    type: 'array',
    items: { allOf: references(100, '#p') },
    $defs: { p, q: { ...schema, $anchor: 'q' } },
  };
}

const hard: ReadonlyArray<readonly [string, JsonObject, JsonValue]> = [
  ['many names', multiplied({ properties: anyOf(5000) }), Array.from({ length: 150 }, () => ({}))],
  [
    'many names with a default',
    { items: { properties: anyOf(3000), additionalProperties: { default: 3 } } },
    Array.from({ length: 3300 }, () => ({})),
  ],
];

test.each(hard)(
  'the check of a short value is stopped when its schema compares it with %s',
  async (_title, schema, value) => {
    expect(await schemaViolations(schema, '', newPatternChecker())).toEqual([]);
    expect(JSON.stringify(value).length).toBeLessThan(10_000);
    const { violations: faults } = validateValue({ schema, value, root: '' });
    expect(faults).toMatchObject([{ pointer: '', detail: expect.stringMatching(/takes too much time/) }]);
  },
);

test('a value is compared with many choices quickly', () => {
  const schema = multiplied({ enum: Array.from({ length: 6500 }, (_, index) => [index]) });
  const check = (value: JsonValue) => validateValue({ schema, value, root: '' }).violations;
  expect(check([[6499]])).toEqual([]);
  expect(check([[6500]]).length).toBeGreaterThan(0);
  expect(check([[-0], [0]])).toEqual([]);
});

test('the checks of one request end with their shared time', () => {
  const time = newCheckTime();
  time.remainingMs = 200;
  const check = { schema: { pattern: '^a*a*a*a*a*a*a*b$' }, value: 'a'.repeat(900), root: '', time };
  expect(validateValue(check).violations).toHaveLength(1);
  expect(time.remainingMs).toBeLessThan(1);
  expect(validateValue({ ...check, value: 'b' }).violations).toMatchObject([
    { detail: expect.stringMatching(/takes too much time/) },
  ]);
});

test('a usual schema and value take little work, whatever defaults they have', () => {
  const name = { type: 'string', default: 'Ada' };
  const schema = { properties: { name, greeting: name }, required: ['name'] };
  expect(compiledSchema(schema).workPerLocation).toBeLessThan(50);
  expect(compiledSchema({ items: { $ref: '#' } }).workPerLocation).toBe(Number.POSITIVE_INFINITY);
});

/** Each schema references the next one, below the given number of levels of a keyword. */
function chain(length: number, levels: number, keyword: 'not' | 'items'): JsonObject {
  const definition = (index: number) => {
    let schema: JsonObject = index + 1 < length ? { $ref: `#/$defs/c${index + 1}` } : {};
    for (let level = 0; level < levels; level += 1) schema = { [keyword]: schema };
    return [`c${index}`, schema] as const;
  };
  return { $ref: '#/$defs/c0', $defs: Object.fromEntries(Array.from({ length }, (_, at) => definition(at))) };
}

test.each([
  [270, 26, 'not'],
  [1000, 0, 'not'],
] as const)(
  'a chain of %i schemas with %i levels of %s each is refused and checked without a stack overflow',
  async (length, levels, keyword) => {
    const schema = chain(length, levels, keyword);
    const faults = await schemaViolations(schema, '', newPatternChecker());
    expect(faults[0]?.detail).toBe('applies more than 200 nested schemas to one value');
    // A definition that was stored before the bound was introduced is still checked.
    expect(validateValue({ schema, value: {}, root: '' }).violations.length).toBeLessThanOrEqual(1);
  },
);

test('a chain that descends into the value can be as long as the largest schema', async () => {
  const schema = chain(1500, 1, 'items');
  expect(await schemaViolations(schema, '', newPatternChecker())).toEqual([]);
  expect(validateValue({ schema, value: [[[]]], root: '' }).violations).toEqual([]);
});
