import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { type CheckTime, newCheckTime } from '../limits/check-time.ts';
import { TimeLimitError, withinTime } from '../limits/within-time.ts';
import { unusableJson } from '../schema/unusable-json.ts';
import { compiledSchema } from './compiled-schema.ts';
import { type Evaluation, fitsSchema } from './evaluate.ts';
import { DefaultsTooLargeError, fillDefaults } from './fill-defaults.ts';
import { StepLimitError } from './interpreter/run.ts';

export interface ValueCheck {
  /** A schema that passed `checkDefinition`. Its compiled form is cached as long as this object is alive. */
  readonly schema: JsonObject;
  readonly value: JsonValue;
  /** The prefix of every pointer: the location of the value in the body, such as `/parameters`. */
  readonly root: string;
  /** The time budget that this check shares with other checks of the same request; a full one by default. */
  readonly time?: CheckTime | undefined;
}

export interface CheckedValue {
  /** The value with the schema's defaults filled in; the input is not modified. */
  readonly value: JsonValue;
  /** Empty if the value matches the schema. */
  readonly violations: readonly Violation[];
}

/**
 * The time to decide whether a value matches, which grows with its length, and the time to describe its
 * violations.
 */
const timeLimitsMs = { min: 2000, perCharacter: 0.01, max: 8000, toDescribe: 4000 } as const;
/** Shorter values are checked without a time limit if the schema is cheap to evaluate. */
const maxUntimedCharacters = 10_000;
/** Maximum number of comparisons without a time limit; they take a few hundredths of a second. */
const maxUntimedWork = 2_000_000;

/** A value that does not match its schema. */
export interface FailedEvaluation extends Evaluation {
  /** The prefix of every pointer. */
  readonly root: string;
}

/** Describes a failed evaluation in at least one violation. */
export type DescribeViolations = (failed: FailedEvaluation) => readonly Violation[];

/**
 * Fills in the defaults and checks the resulting parameters or result. Takes at most 12 s. Does not
 * throw for any value or schema: a value that cannot be checked in bounded time is reported as a violation.
 */
export function checkValue(check: ValueCheck, describeViolations: DescribeViolations): CheckedValue {
  const { schema, value, root, time = newCheckTime() } = check;
  const unusable = unusableJson(value, root);
  if (unusable.length > 0) return { value, violations: unusable };
  try {
    const compiled = compiledSchema(schema);
    const { length } = JSON.stringify(value);
    const filled = decide({ compiled, value, length }, time);
    if (filled.fits) return { value: filled.value, violations: [] };
    const failed = { compiled, value: filled.value, length, root };
    return { value: filled.value, violations: describeInTime(failed, { describeViolations, time }) };
  } catch (error) {
    return { value, violations: [{ ...boundViolation(error), pointer: root }] };
  }
}

function decide(
  evaluation: Evaluation,
  time: CheckTime,
): { readonly value: JsonValue; readonly fits: boolean } {
  const { compiled, value, length } = evaluation;
  const work = () => {
    const filled = fillDefaults(compiled, value);
    return { value: filled, fits: fitsSchema({ ...evaluation, value: filled }) };
  };
  if (isCheap(evaluation)) return work();
  const { min, perCharacter, max } = timeLimitsMs;
  return withinRemainingTime(time, Math.min(max, Math.round(min + length * perCharacter)), work);
}

/** Defaults may multiply the locations of a value by the work per location of the schema. */
function isCheap({ compiled, length }: Evaluation): boolean {
  const { requiresPatterns, hasDefaults, workPerLocation } = compiled;
  if (requiresPatterns || length > maxUntimedCharacters) return false;
  const locations = hasDefaults ? length * (1 + workPerLocation) : length;
  return locations * workPerLocation <= maxUntimedWork;
}

/** Runs work within the remaining time of its request, and subtracts the time that it used. */
function withinRemainingTime<Value>(time: CheckTime, maxMs: number, work: () => Value): Value {
  const limit = Math.min(maxMs, Math.floor(time.remainingMs));
  if (limit < 1) throw new TimeLimitError('the request has no time left for checks');
  const start = performance.now();
  try {
    return withinTime(limit, work);
  } finally {
    time.lastEndedAt = performance.now();
    time.remainingMs -= time.lastEndedAt - start;
  }
}

/**
 * Describes a failed evaluation. If the time does not suffice, the only violation states that the value does
 * not match, without a location.
 */
function describeInTime(
  failed: FailedEvaluation,
  { describeViolations, time }: { readonly describeViolations: DescribeViolations; readonly time: CheckTime },
): readonly Violation[] {
  try {
    return withinRemainingTime(time, timeLimitsMs.toDescribe, () => describeViolations(failed));
  } catch (error) {
    boundViolation(error);
    const detail = 'does not match the schema; finding the exact location takes too much time';
    return [{ pointer: failed.root, detail, keyword: 'schema' }];
  }
}

/** Returns the violation of a value that cannot be checked in bounded work; rethrows every other error. */
export function boundViolation(error: unknown): Omit<Violation, 'pointer'> {
  if (error instanceof StepLimitError) {
    return {
      detail: 'cannot be checked: the schema has too many alternatives for this value',
      keyword: 'schema',
    };
  }
  if (error instanceof TimeLimitError) {
    return { detail: 'cannot be checked: the schema takes too much time for this value', keyword: 'schema' };
  }
  if (error instanceof DefaultsTooLargeError) {
    return {
      detail:
        'cannot be completed with defaults: the defaults of the schema add more than 1,000,000 characters',
      keyword: 'default',
    };
  }
  if (error instanceof RangeError) {
    const detail = 'cannot be checked: the schema applies too many nested schemas to this value';
    return { detail, keyword: 'schema' };
  }
  throw error;
}
