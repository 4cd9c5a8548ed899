import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { isJsonObject } from '../schema/json-kind.ts';
import { childPointer } from '../schema/json-pointer.ts';
import { indexSchema, type Schema } from '../schema/schema-index.ts';
import { boundViolation } from './check-value.ts';
import { type CompiledSchema, compiledParts } from './compiled-schema.ts';
import { describeViolations } from './describe-violations.ts';
import { fitsSchema } from './evaluate.ts';
import { fillDefaults } from './fill-defaults.ts';

/** Further violations are not reported. */
const maxViolations = 1000;
/**
 * For all defaults of one schema. Registration checks two schemas and their patterns, and has 29 s in total.
 */
const timeoutMs = 4000;

interface Default {
  /** The location of the default, starting with the pointer that `defaultViolations` received. */
  readonly pointer: string;
  readonly schema: JsonObject;
  readonly value: JsonValue;
}

/**
 * Returns the violations of each `default` against its own schema, with nested defaults filled in; up to
 * about 1,000. The schema must have passed `schemaViolations`. Takes at most 4 s.
 */
export function defaultViolations(schema: JsonObject, pointer: string): readonly Violation[] {
  const defaults = [...indexSchema(schema).schemas].flatMap(([at, part]) =>
    defaultOf(part, `${pointer}${at}`),
  );
  if (defaults.length === 0) return [];
  try {
    return withinTime(timeoutMs, () => check(schema, defaults));
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
    return [{ pointer, detail: 'has defaults that take too much time to check', keyword: 'default' }];
  }
}

function defaultOf(schema: Schema, pointer: string): readonly Default[] {
  const value = isJsonObject(schema) ? schema['default'] : undefined;
  if (!isJsonObject(schema) || value === undefined) return [];
  return [{ pointer: childPointer(pointer, 'default'), schema, value }];
}

function check(whole: JsonObject, defaults: readonly Default[]): readonly Violation[] {
  const compiledPart = compiledParts(whole);
  const violations: Violation[] = [];
  for (const located of defaults) {
    if (violations.length >= maxViolations) break;
    violations.push(...violationsOf(compiledPart(located.schema), located));
  }
  return violations;
}

function violationsOf(
  compiled: CompiledSchema,
  { value: declared, pointer: root }: Default,
): readonly Violation[] {
  try {
    const value = fillDefaults(compiled, declared, new Set([compiled.root]));
    const evaluation = { compiled, value, length: JSON.stringify(declared).length };
    return fitsSchema(evaluation) ? [] : describeViolations({ ...evaluation, root });
  } catch (error) {
    return [{ ...boundViolation(error), pointer: root }];
  }
}
