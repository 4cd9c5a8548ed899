import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { isJsonObject } from '../schema/json-kind.ts';
import { childPointer } from '../schema/json-pointer.ts';
import { indexSchema, type Schema } from '../schema/schema-index.ts';
import { boundFault } from './check-value.ts';
import { type CompiledSchema, compiledParts } from './compiled-schema.ts';
import { describeViolation } from './describe-violation.ts';
import { fitsSchema } from './evaluate.ts';
import { fillDefaults } from './fill-defaults.ts';

/** More faults than this are not reported. */
const maxFaults = 1000;
/** For all defaults of a schema; with those of the other one and with its patterns, registration has 29 s. */
const milliseconds = 4000;

interface Default {
  /** Where it is, from what `defaultFaults` was given. */
  readonly pointer: string;
  readonly schema: JsonObject;
  readonly value: JsonValue;
}

/**
 * A fault for each `default` that does not fit the schema that it stands in, with the defaults inside it filled in; up to
 * 1,000 of them. The schema must have passed `schemaFaults`. Takes 4 s at most.
 */
export function defaultFaults(schema: JsonObject, pointer: string): readonly Fault[] {
  const defaults = [...indexSchema(schema).schemas].flatMap(([at, part]) =>
    defaultOf(part, `${pointer}${at}`),
  );
  if (defaults.length === 0) return [];
  try {
    return withinTime(milliseconds, () => check(schema, defaults));
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

function check(whole: JsonObject, defaults: readonly Default[]): readonly Fault[] {
  const compiledPart = compiledParts(whole);
  const faults: Fault[] = [];
  for (const one of defaults) {
    if (faults.length >= maxFaults) break;
    faults.push(...violations(compiledPart(one.schema), one));
  }
  return faults;
}

function violations(compiled: CompiledSchema, { value: given, pointer: root }: Default): readonly Fault[] {
  try {
    const value = fillDefaults(compiled, given, new Set([compiled.root]));
    const evaluated = { compiled, value, length: JSON.stringify(given).length };
    return fitsSchema(evaluated) ? [] : describeViolation({ ...evaluated, root });
  } catch (error) {
    return [{ ...boundFault(error), pointer: root }];
  }
}
