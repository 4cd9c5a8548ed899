import type { OutputUnit } from '@cfworker/json-schema';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problem-schema.ts';
import { isJsonArray } from '../schema/json-kind.ts';
import { childPointer } from '../schema/json-pointer.ts';
import { unusableJson } from '../schema/unusable-json.ts';
import { type CompiledSchema, compiledSchema, StepLimitError } from './compiled-schema.ts';
import { explainErrors } from './explain-errors.ts';
import { DefaultsTooLargeError, fillDefaults } from './fill-defaults.ts';
import { valueAt } from './follow-location.ts';

export interface ParameterCheck {
  /** A schema that checkDefinition let pass; what is worked out for it is kept as long as this object lives. */
  readonly schema: JsonObject;
  readonly parameters: JsonValue;
  /** What every pointer begins with: where the parameters are in the body, such as `/parameters`. */
  readonly root: string;
}

export interface CheckedParameters {
  /** With the schema's defaults filled in; the input is left as it was. */
  readonly parameters: JsonValue;
  /** Empty when the parameters fit the schema. */
  readonly faults: readonly Fault[];
}

/** More faults than this are not told. */
const maxFaults = 1000;
/** About a second's work. */
const maxSteps = 1_000_000;
/** The interpreter compares each item with each. */
const maxComparedItems = 20_000;

/**
 * Fills in the defaults and checks the outcome; serves results as well. Tells up to 1,000 faults, and never throws for
 * what a value is like: values that cannot be checked in bounded time are faulty.
 */
export function validateParameters({ schema, parameters, root }: ParameterCheck): CheckedParameters {
  const unusable = unusableJson(parameters, root);
  if (unusable.length > 0) return { parameters, faults: unusable.slice(0, maxFaults) };
  const compiled = compiledSchema(schema);
  if (compiled.asksForUniqueItems) {
    const tooLong = tooLongArrays(parameters, root);
    if (tooLong.length > 0) return { parameters, faults: tooLong };
  }
  try {
    const filled = fillDefaults(compiled, parameters);
    return { parameters: filled, faults: findFaults(compiled, filled, root) };
  } catch (error) {
    return { parameters, faults: [{ ...boundFault(error), pointer: root }] };
  }
}

function findFaults(compiled: CompiledSchema, value: JsonValue, root: string): readonly Fault[] {
  const errors = interpret(compiled, value);
  if (errors.length === 0) return [];
  const about = { compiled, valueAt: (pointer: string) => valueAt(value, pointer) ?? null };
  const distinct = new Map(
    explainErrors(about, errors).map((fault) => [
      `${fault.pointer}\n${fault.keyword}\n${fault.detail}`,
      fault,
    ]),
  );
  const faults = [...distinct.values()].slice(0, maxFaults);
  // Each error must come out as a fault, or a value that is refused would pass.
  if (faults.length === 0) faults.push({ pointer: '', detail: 'does not fit the schema', keyword: 'schema' });
  return faults.map((fault) => ({ ...fault, pointer: `${root}${fault.pointer}` }));
}

function interpret(compiled: CompiledSchema, value: JsonValue): readonly OutputUnit[] {
  try {
    compiled.meter.stepsLeft = maxSteps;
    return compiled.full.validate(value).errors;
  } catch (error) {
    // The interpreter hands errors on as arguments of one call, which fails for some 100,000 of them.
    if (!(error instanceof RangeError)) throw error;
    compiled.meter.stepsLeft = maxSteps;
    return compiled.short.validate(value).errors;
  }
}

function tooLongArrays(value: JsonValue, pointer: string): readonly Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isJsonArray(value) && value.length > maxComparedItems) {
    const detail = `must have at most ${maxComparedItems} items where the schema asks for uniqueItems`;
    return [{ pointer, detail, keyword: 'uniqueItems' }];
  }
  return Object.entries(value).flatMap(([key, member]) => tooLongArrays(member, childPointer(pointer, key)));
}

function boundFault(error: unknown): Omit<Fault, 'pointer'> {
  if (error instanceof StepLimitError) {
    return {
      detail: 'cannot be checked: the schema has too many forms to try for this value',
      keyword: 'schema',
    };
  }
  if (error instanceof DefaultsTooLargeError) {
    return {
      detail: 'cannot be filled in: the defaults of the schema add more than 1,000,000 characters',
      keyword: 'default',
    };
  }
  if (error instanceof RangeError) {
    return { detail: 'cannot be checked: it has too many faults', keyword: 'schema' };
  }
  throw error;
}
