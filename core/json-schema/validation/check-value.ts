import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { type CheckTime, newCheckTime } from '../limits/check-time.ts';
import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { unusableJson } from '../schema/unusable-json.ts';
import { compiledSchema } from './compiled-schema.ts';
import { type Evaluated, fitsSchema } from './evaluate.ts';
import { DefaultsTooLargeError, fillDefaults } from './fill-defaults.ts';
import { StepLimitError } from './interpreter/run.ts';

export interface ParameterCheck {
  /** A schema that checkDefinition let pass; what is worked out for it is kept as long as this object lives. */
  readonly schema: JsonObject;
  readonly parameters: JsonValue;
  /** What every pointer begins with: where the parameters are in the body, such as `/parameters`. */
  readonly root: string;
  /** Time that this check shares with others of the same request; of its own when absent. */
  readonly time?: CheckTime | undefined;
}

export interface CheckedParameters {
  /** With the schema's defaults filled in; the input is left as it was. */
  readonly parameters: JsonValue;
  /** Empty when the parameters fit the schema. */
  readonly faults: readonly Fault[];
}

/** Time to decide whether a value fits, which grows with its characters, and time to find out where it does not. */
const milliseconds = { least: 2000, perCharacter: 0.01, most: 8000, toDescribe: 4000 } as const;
/** Values with less JSON are checked without a time limit where the schema makes little work of them. */
const maxUnwatchedCharacters = 10_000;
/** Comparisons: some hundredths of a second. */
const maxUnwatchedWork = 2_000_000;

/** A value that does not fit a schema. */
export interface Violation extends Evaluated {
  /** What every pointer begins with. */
  readonly root: string;
}

/** Says in words what is wrong, in at least one fault. */
export type DescribeViolation = (violation: Violation) => readonly Fault[];

/**
 * Fills in the defaults and checks the outcome; serves results as well. Takes 12 s at most. Never throws for what a value or
 * its schema is like: values that cannot be checked in bounded time are faulty.
 */
export function checkValue(check: ParameterCheck, tell: DescribeViolation): CheckedParameters {
  const { schema, parameters, root, time = newCheckTime() } = check;
  const unusable = unusableJson(parameters, root);
  if (unusable.length > 0) return { parameters, faults: unusable };
  try {
    const compiled = compiledSchema(schema);
    const { length } = JSON.stringify(parameters);
    const { value, fits } = decide({ compiled, value: parameters, length }, time);
    const faults = fits ? [] : describe({ compiled, value, length, root }, { tell, time });
    return { parameters: value, faults };
  } catch (error) {
    return { parameters, faults: [{ ...boundFault(error), pointer: root }] };
  }
}

function decide(
  evaluated: Evaluated,
  time: CheckTime,
): { readonly value: JsonValue; readonly fits: boolean } {
  const { compiled, value, length } = evaluated;
  const work = () => {
    const filled = fillDefaults(compiled, value);
    return { value: filled, fits: fitsSchema({ ...evaluated, value: filled }) };
  };
  if (isLittleWork(evaluated)) return work();
  const { least, perCharacter, most } = milliseconds;
  return withinShare(time, Math.min(most, Math.round(least + length * perCharacter)), work);
}

/** Defaults may add as many places below each place as the schema has. */
function isLittleWork({ compiled, length }: Evaluated): boolean {
  const { requiresPatterns: asksForPatterns, hasDefaults, workPerLocation: workPerPlace } = compiled;
  if (asksForPatterns || length > maxUnwatchedCharacters) return false;
  const places = hasDefaults ? length * (1 + workPerPlace) : length;
  return places * workPerPlace <= maxUnwatchedWork;
}

/** Takes the time that the work used from what its request has left. */
function withinShare<Value>(time: CheckTime, most: number, work: () => Value): Value {
  const limit = Math.min(most, Math.floor(time.millisecondsLeft));
  if (limit < 1) throw new TimeLimitError('the request has no time left for checks');
  const start = performance.now();
  try {
    return withinTime(limit, work);
  } finally {
    time.lastEndedAt = performance.now();
    time.millisecondsLeft -= time.lastEndedAt - start;
  }
}

/** The value does not fit, whether or not there is time to find out where. */
function describe(
  violation: Violation,
  { tell, time }: { readonly tell: DescribeViolation; readonly time: CheckTime },
): readonly Fault[] {
  try {
    return withinShare(time, milliseconds.toDescribe, () => tell(violation));
  } catch (error) {
    boundFault(error);
    const detail = 'does not fit the schema; it takes too much time to find out where';
    return [{ pointer: violation.root, detail, keyword: 'schema' }];
  }
}

/** The fault of a value that cannot be checked in bounded work; throws every other error again. */
export function boundFault(error: unknown): Omit<Fault, 'pointer'> {
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
    const detail = 'cannot be checked: the schema applies too many schemas inside each other to this value';
    return { detail, keyword: 'schema' };
  }
  throw error;
}
