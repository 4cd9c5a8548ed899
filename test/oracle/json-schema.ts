/*
Checks the interpreter of JSON Schemas, and the assertions of `format`, against the JSON Schema Test Suite for draft 2020-12,
which the source distribution of the Python package jsonschema contains. Needs python3 with pip and tar.
Usage: node test/oracle/json-schema.ts
Exits with 1 when a verdict differs.
*/
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../core/contract/json.ts';
import { newPatternChecker } from '../../core/json-schema/pattern/pattern-checker.ts';
import { isJsonObject } from '../../core/json-schema/schema/json-kind.ts';
import { schemaViolations } from '../../core/json-schema/schema/schema-violations.ts';
import { compiledSchema } from '../../core/json-schema/validation/compiled-schema.ts';
import { fitsSchema, schemaErrors } from '../../core/json-schema/validation/evaluate.ts';
import { assertedFormats } from '../../core/json-schema/validation/formats/formats.ts';
import { validateValue } from '../../core/json-schema/validation/validate-value.ts';

const suiteVersion = '4.26.0';

/**
 * All vocabularies with assertions here: without other documents and vocabularies, which registration refuses, and without
 * `content`, which is an annotation.
 */
const files = [
  ...['additionalProperties', 'allOf', 'anchor', 'anyOf', 'boolean_schema', 'const', 'contains', 'defs'],
  ...['dependentRequired', 'dependentSchemas', 'enum', 'exclusiveMaximum', 'exclusiveMinimum'],
  ...['if-then-else', 'infinite-loop-detection', 'items', 'maxContains', 'maxItems', 'maxLength'],
  ...['maxProperties', 'maximum', 'minContains', 'minItems', 'minLength', 'minProperties', 'minimum'],
  ...['multipleOf', 'not', 'oneOf', 'pattern', 'patternProperties', 'prefixItems', 'properties'],
  ...['propertyNames', 'ref', 'required', 'type', 'unevaluatedItems', 'unevaluatedProperties', 'uniqueItems'],
  ...['optional/bignum', 'optional/ecmascript-regex', 'optional/float-overflow', 'optional/non-bmp-regex'],
];
/** Other files about `format`, each of which covers an annotation or has no format's name. */
const otherFormatFiles = ['optional/format/ecmascript-regex', 'optional/format/unknown'];
/** Files with cases that are not asserted, each with the reason. */
const leftOut: Readonly<Record<string, string>> = {
  format: 'it expects annotations where a format is asserted here',
  'optional/format-assertion': 'its schemas have meta-schemas of their own, which registration refuses',
  'optional/format/idn-email':
    'names beyond ASCII follow tables of Unicode that change; the format is an annotation',
  'optional/format/idn-hostname': 'as idn-email',
  'optional/format/iri': 'identifiers beyond ASCII are annotations; for ASCII a schema can use uri',
  'optional/format/iri-reference': 'as iri',
};
/** The counts of this version of the suite; fewer would mean that registration refuses schemas that it should accept. */
const expectedVerdicts = 1461;

interface Group {
  readonly description: string;
  readonly schema: JsonValue;
  readonly tests: readonly {
    readonly description: string;
    readonly data: JsonValue;
    readonly valid: boolean;
  }[];
}

function downloadSuite(folder: string): string {
  const requirement = `jsonschema==${suiteVersion}`;
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  execFileSync('python3', [...pip, '--no-binary', ':all:', '--dest', folder, requirement], {
    stdio: 'inherit',
  });
  execFileSync('tar', ['-xzf', join(folder, `jsonschema-${suiteVersion}.tar.gz`), '-C', folder]);
  return join(folder, `jsonschema-${suiteVersion}`, 'json', 'tests', 'draft2020-12');
}

/** Every file about `format` except those that are left out, so that a file of a later version is not overlooked. */
function formatFiles(suite: string): readonly string[] {
  const asserted = [...assertedFormats.keys()].map((name) => `optional/format/${name}`);
  const known = new Set([...asserted, ...otherFormatFiles, ...Object.keys(leftOut)]);
  const there = globSync('optional/format/*.json', { cwd: suite }).map((path) => path.replace(/\.json$/, ''));
  const unknown = there.filter((file) => !known.has(file));
  if (unknown.length > 0) throw new Error(`Neither checked nor left out: ${unknown.join(', ')}`);
  return [...asserted, ...otherFormatFiles];
}

/** A schema as a definition contains it; a boolean schema is one level deeper. */
function asDefinition(schema: JsonValue): JsonObject {
  return isJsonObject(schema) ? schema : { allOf: [schema] };
}

/** Defaults are filled in before a value is checked, which the suite does not expect. */
function withoutDefaults(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'default' ? undefined : value)));
}

/** The verdict of each way to validate a value. */
function verdictsOf(schema: JsonObject, value: JsonValue): readonly boolean[] {
  const evaluated = { compiled: compiledSchema(schema), value, length: JSON.stringify(value).length };
  const check = { schema: withoutDefaults(schema), value, root: '' };
  return [
    fitsSchema(evaluated),
    schemaErrors(evaluated).length === 0,
    validateValue(check).violations.length === 0,
  ];
}

async function isRefused(schema: JsonObject): Promise<boolean> {
  return (await schemaViolations(schema, '', newPatternChecker())).length > 0;
}

const folder = mkdtempSync(join(tmpdir(), 'errand-json-schema-'));
let [verdicts, faults] = [0, 0];
const refused: string[] = [];
try {
  const suite = downloadSuite(folder);
  for (const file of [...files, ...formatFiles(suite)]) {
    const groups: readonly Group[] = JSON.parse(readFileSync(join(suite, `${file}.json`), 'utf8'));
    for (const { description, schema, tests } of groups) {
      const definition = asDefinition(schema);
      if (await isRefused(definition)) refused.push(`${file}: ${description}`);
      else
        for (const test of tests) {
          verdicts += 1;
          if (verdictsOf(definition, test.data).every((fits) => fits === test.valid)) continue;
          faults += 1;
          console.log(`WRONG  ${file}: ${description}: ${test.description}`);
        }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${refused.length} schemas of the suite are refused at registration:`);
for (const one of refused) console.log(`  ${one}`);
for (const [file, reason] of Object.entries(leftOut)) console.log(`Left out ${file}: ${reason}`);
console.log(`${verdicts} verdicts on JSON Schema 2020-12, ${faults} wrong`);
if (faults > 0 || verdicts !== expectedVerdicts) process.exitCode = 1;
