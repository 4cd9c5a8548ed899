import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemaTypes } from '../../../cli/types/schema-types.ts';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';
import { newPatternChecker } from '../../../core/json-schema/pattern/pattern-checker.ts';
import { schemaViolations } from '../../../core/json-schema/schema/schema-violations.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';
import { anySchema, anyValue } from './any-schema.ts';
import { compile } from './compile.ts';

function typesOf(schema: JsonObject, direction: 'parameters' | 'result') {
  const used = new Set<string>(['Root']);
  const unusedName = (proposal: string) => {
    let name = proposal;
    for (let count = 2; used.has(name); count += 1) name = `${proposal}_${count}`;
    used.add(name);
    return name;
  };
  return schemaTypes(schema, { name: 'Root', direction, unusedName })
    .map(({ text }) => text)
    .join('\n');
}

/** A JSON value as an expression; `__proto__` would set the prototype. */
function expression(value: JsonValue): string {
  return JSON.stringify(value).replaceAll('"__proto__":', '["__proto__"]:');
}

describe('the types of a schema', () => {
  test('compile for every schema, even one that the API refuses', () => {
    fc.assert(
      fc.property(fc.array(anySchema, { minLength: 1, maxLength: 25 }), (schemas) => {
        const files = schemas.map((schema, at) => [
          `/${at}.ts`,
          typesOf(schema, at % 2 === 0 ? 'parameters' : 'result'),
        ]);
        expect(compile(Object.fromEntries(files))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  test('allow every valid value', async () => {
    let assigned = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anySchema, fc.array(anyValue, { minLength: 4, maxLength: 12 })), {
          minLength: 1,
          maxLength: 40,
        }),
        async (cases) => {
          const files: Record<string, string> = {};
          for (const [at, [schema, values]] of cases.entries()) {
            if ((await schemaViolations(schema, '', newPatternChecker())).length > 0) continue;
            const direction = at % 2 === 0 ? 'parameters' : 'result';
            const valid = values.filter((value) => {
              const checked = validateValue({ schema, value, root: '' });
              const isUnchanged = direction === 'parameters' || checked.value === value;
              return checked.violations.length === 0 && isUnchanged;
            });
            assigned += valid.length;
            const uses = valid.map(
              (value, index) => `export const v${index}: Root = ${expression(value)};\n`,
            );
            files[`/${at}.ts`] = `${typesOf(schema, direction)}${uses.join('')}`;
          }
          expect(compile(files)).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
    expect(assigned).toBeGreaterThan(100);
  });
});
