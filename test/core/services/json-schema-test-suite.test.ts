import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/contract/json.ts';
import { newPatternJudge } from '../../../core/services/pattern/judge-patterns.ts';
import { isJsonObject } from '../../../core/services/schema/json-kind.ts';
import { schemaFaults } from '../../../core/services/schema/schema-faults.ts';
import { compiledSchema } from '../../../core/services/validation/compiled-schema.ts';
import { fitsSchema, schemaErrors } from '../../../core/services/validation/evaluate.ts';
import { validateParameters } from '../../../core/services/validation/validate-parameters.ts';

/**
 * The required tests of draft 2020-12 and those of numbers and regular expressions, from
 * https://github.com/json-schema-org/JSON-Schema-Test-Suite at 44401e0, without those of keywords that no definition may
 * have (`$dynamicRef`, vocabularies) and of keywords that assert nothing.
 */
interface Group {
  readonly description: string;
  readonly schema: JsonValue;
  readonly tests: readonly {
    readonly description: string;
    readonly data: JsonValue;
    readonly valid: boolean;
  }[];
}

const folder = new URL('json-schema-test-suite/', import.meta.url);

function groupsOf(file: string): readonly Group[] {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

/** A schema as a definition has it; a boolean schema is one level further in. */
function asDefinition(schema: JsonValue): JsonObject {
  return isJsonObject(schema) ? schema : { allOf: [schema] };
}

const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
let checked = 0;

describe.each(files)('the test suite of JSON Schema in %s', (file) => {
  it.each(groupsOf(file).map((group) => [group.description, group] as const))('%s', async (_title, group) => {
    const schema = asDefinition(group.schema);
    // What registration refuses is never evaluated: other documents, `$id` inside, `$dynamicRef`.
    if ((await schemaFaults(schema, '', newPatternJudge())).length > 0) return;
    for (const { description, data, valid } of group.tests) {
      const evaluated = { compiled: compiledSchema(schema), value: data, length: 1000 };
      expect(fitsSchema(evaluated), description).toBe(valid);
      expect(schemaErrors(evaluated).length === 0, description).toBe(valid);
      expect(
        validateParameters({ schema: withoutDefaults(schema), parameters: data, root: '' }).faults.length ===
          0,
        description,
      ).toBe(valid);
      checked += 1;
    }
  });
});

it('has judged nearly all of the suite', () => {
  expect(checked).toBeGreaterThan(1000);
});

/** Defaults are filled in before a value is checked, which the suite does not have. */
function withoutDefaults(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'default' ? undefined : value)));
}
