import type { OutputUnit } from '@cfworker/json-schema';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problem-schema.ts';
import { isJsonArray } from '../schema/json-kind.ts';
import { childPointer } from '../schema/json-pointer.ts';
import { unusableJson } from '../schema/unusable-json.ts';
import { type CompiledSchema, compiledSchema, StepLimitError } from './compiled-schema.ts';
import { DefaultsTooLargeError, fillDefaults } from './fill-defaults.ts';
import { TimeLimitError, withinTime } from './within-time.ts';

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
export const maxFaults = 1000;
/** About a second's work. */
const maxSteps = 1_000_000;
/** The interpreter compares each item with each. */
const maxComparedItems = 20_000;
/**
 * Time for a check, and more for each character of the value. A call may bring 100 values, 1 MB together, and has 300 s.
 */
const milliseconds = { least: 1000, perCharacter: 0.01 } as const;
/** Values with less JSON are looked at without a watch, where no pattern makes much of little text. */
const maxUnwatchedCharacters = 10_000;

/** What the interpreter says of a value that does not fit. */
export interface Misfit {
  readonly compiled: CompiledSchema;
  readonly value: JsonValue;
  /** Never empty. */
  readonly errors: readonly OutputUnit[];
  /** What every pointer begins with. */
  readonly root: string;
}

/** Says in words what is wrong, in at least one fault. */
export type TellMisfit = (misfit: Misfit) => readonly Fault[];

/**
 * Fills in the defaults and checks the outcome; serves results as well. Never throws for what a value is like: values that
 * cannot be checked in bounded time are faulty.
 */
export function checkValue(
  { schema, parameters, root }: ParameterCheck,
  tell: TellMisfit,
): CheckedParameters {
  const unusable = unusableJson(parameters, root);
  if (unusable.length > 0) return { parameters, faults: unusable.slice(0, maxFaults) };
  const compiled = compiledSchema(schema);
  if (compiled.asksForUniqueItems) {
    const tooLong = tooLongArrays(parameters, root);
    if (tooLong.length > 0) return { parameters, faults: tooLong };
  }
  const check = () => {
    const filled = fillDefaults(compiled, parameters);
    const errors = interpret(compiled, filled);
    const faults = errors.length === 0 ? [] : tell({ compiled, value: filled, errors, root });
    return { parameters: filled, faults };
  };
  try {
    const { length } = JSON.stringify(parameters);
    if (!compiled.asksForPatterns && length <= maxUnwatchedCharacters) return check();
    return withinTime(Math.round(milliseconds.least + length * milliseconds.perCharacter), check);
  } catch (error) {
    return { parameters, faults: [{ ...boundFault(error), pointer: root }] };
  }
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
  if (error instanceof TimeLimitError) {
    return { detail: 'cannot be checked: the schema takes too much time for this value', keyword: 'schema' };
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
