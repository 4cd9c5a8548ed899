import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problem-schema.ts';
import { unusableJson } from '../schema/unusable-json.ts';
import { compiledSchema } from './compiled-schema.ts';
import { type Evaluated, fitsSchema } from './evaluate.ts';
import { DefaultsTooLargeError, fillDefaults } from './fill-defaults.ts';
import { StepLimitError } from './interpreter/run.ts';
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

/**
 * Time to decide whether a value fits, which grows with its characters, and time to find out where it does not. Both together
 * leave room in the shortest time-out of a function that checks values, 29 s (infra/job-functions.ts).
 */
const milliseconds = { least: 1000, perCharacter: 0.01, most: 8000, toDescribe: 4000 } as const;
/** Values with less JSON are looked at without a watch, where no pattern makes much of little text. */
const maxUnwatchedCharacters = 10_000;

/** A value that does not fit a schema. */
export interface Misfit extends Evaluated {
  /** What every pointer begins with. */
  readonly root: string;
}

/** Says in words what is wrong, in at least one fault. */
export type TellMisfit = (misfit: Misfit) => readonly Fault[];

/**
 * Fills in the defaults and checks the outcome; serves results as well. Takes 12 s at most. Never throws for what a value is
 * like: values that cannot be checked in bounded time are faulty.
 */
export function checkValue(check: ParameterCheck, tell: TellMisfit): CheckedParameters {
  const { schema, parameters, root } = check;
  const unusable = unusableJson(parameters, root);
  if (unusable.length > 0) return { parameters, faults: unusable };
  const compiled = compiledSchema(schema);
  const { length } = JSON.stringify(parameters);
  try {
    const decided = decide({ compiled, value: parameters, length });
    const { value, fits } = decided;
    return { parameters: value, faults: fits ? [] : describe({ compiled, value, length, root }, tell) };
  } catch (error) {
    return { parameters, faults: [{ ...boundFault(error), pointer: root }] };
  }
}

function decide(evaluated: Evaluated): { readonly value: JsonValue; readonly fits: boolean } {
  const { compiled, value, length } = evaluated;
  const work = () => {
    const filled = fillDefaults(compiled, value);
    return { value: filled, fits: fitsSchema({ ...evaluated, value: filled }) };
  };
  if (!compiled.asksForPatterns && length <= maxUnwatchedCharacters) return work();
  const { least, perCharacter, most } = milliseconds;
  return withinTime(Math.min(most, Math.round(least + length * perCharacter)), work);
}

/** The value does not fit, whether or not there is time to find out where. */
function describe(misfit: Misfit, tell: TellMisfit): readonly Fault[] {
  try {
    return withinTime(milliseconds.toDescribe, () => tell(misfit));
  } catch (error) {
    boundFault(error);
    const detail = 'does not fit the schema; it takes too much time to find out where';
    return [{ pointer: misfit.root, detail, keyword: 'schema' }];
  }
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
    const detail = 'cannot be checked: the schema applies too many schemas inside each other to this value';
    return { detail, keyword: 'schema' };
  }
  throw error;
}
