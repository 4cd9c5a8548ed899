import type { JsonValue } from '../../../contract/json.ts';
import { childPointer } from '../../schema/json-pointer.ts';
import type { Seen } from './seen.ts';

/** Thrown out of an evaluation that applied more schemas than it may. */
export class StepLimitError extends Error {
  override readonly name = 'StepLimitError';
}

/** A keyword that a value breaks. Both locations are RFC 6901 pointers: from the value's root, and from the schema's. */
export interface SchemaError {
  readonly keyword: string;
  readonly instanceLocation: string;
  readonly keywordLocation: string;
  /** Which schemas of a `oneOf` the value fits, by index. */
  readonly fits?: readonly number[];
}

/** What one evaluation may still do, and what it found. */
export interface Run {
  /** How many more schemas may be applied. */
  stepsLeft: number;
  /** How many more errors are recorded; with none left, the evaluation stops at the first keyword that is broken. */
  errorsLeft: number;
  /** How many more characters the locations of errors may have. */
  charactersLeft: number;
  errors: SchemaError[];
}

/** A pointer as a chain, which costs no text until an error needs it. */
export interface Place {
  readonly above?: Place;
  readonly segment?: string | number;
}

/** A value to which a schema applies. */
export interface Subject {
  readonly value: JsonValue;
  /** Where the value is; undefined where no error is recorded. */
  readonly place: Place | undefined;
  /** The keywords that led to the schema; undefined as `place` is. */
  readonly way: Place | undefined;
  /** What has been evaluated of the value; undefined where no schema asks. */
  readonly seen: Seen | undefined;
}

/** Whether the rest of an evaluation can only repeat that the value does not fit. */
export function isFull({ errorsLeft, charactersLeft }: Run): boolean {
  return errorsLeft <= 0 || charactersLeft <= 0;
}

/** One segment further; undefined stays undefined. */
export function below(place: Place | undefined, segment: string | number): Place | undefined {
  return place === undefined ? undefined : { above: place, segment };
}

/** Records that a keyword is broken, if there is room for another error; false, for the keyword to return. */
export function broken(
  run: Run,
  { place, way }: Subject,
  error: Pick<SchemaError, 'keyword' | 'fits'>,
): false {
  if (place === undefined || way === undefined || isFull(run)) return false;
  const instanceLocation = pointerOf(place);
  const keywordLocation = pointerOf({ above: way, segment: error.keyword });
  run.errorsLeft -= 1;
  run.charactersLeft -= instanceLocation.length + keywordLocation.length;
  run.errors.push({ ...error, instanceLocation, keywordLocation });
  return false;
}

function pointerOf(place: Place): string {
  const segments: (string | number)[] = [];
  for (let at = place; at.above !== undefined; at = at.above) segments.push(at.segment ?? '');
  return segments.reverse().reduce<string>(childPointer, '');
}
