import type { JsonValue } from '../../../contract/json.ts';
import { childPointer } from '../../schema/json-pointer.ts';
import type { EvaluatedParts } from './evaluated-parts.ts';

/** Thrown when an evaluation applies more schemas than allowed. */
export class StepLimitError extends Error {
  override readonly name = 'StepLimitError';
}

/**
 * A keyword that a value violates. Both locations are RFC 6901 pointers: from the value's root, and from the
 * schema's.
 */
export interface SchemaError {
  readonly keyword: string;
  readonly instanceLocation: string;
  readonly keywordLocation: string;
  /** The indexes of the alternatives of `anyOf` or `oneOf` that the value matches. */
  readonly fits?: readonly number[];
}

/** The state of one evaluation: its remaining limits and the recorded errors. */
export interface Run {
  /** How many schemas may still be applied. */
  stepsLeft: number;
  /** How many errors may still be recorded; at 0, the evaluation stops at the first violated keyword. */
  errorsLeft: number;
  /** How many characters the locations of further errors may have in total. */
  charactersLeft: number;
  errors: SchemaError[];
}

/** A pointer as a linked list, whose text is built only when an error needs it. */
export interface PathNode {
  readonly parent?: PathNode;
  readonly segment?: string | number;
}

/** A value to which a schema applies. */
export interface Subject {
  readonly value: JsonValue;
  /** The location of the value; undefined if no errors are recorded. */
  readonly location: PathNode | undefined;
  /** The keywords that led to the schema; undefined if no errors are recorded. */
  readonly keywordPath: PathNode | undefined;
  /** The evaluated members of the value; undefined if no schema needs them. */
  readonly evaluated: EvaluatedParts | undefined;
}

/** Whether the rest of an evaluation can record no more errors, so that it may stop. */
export function isFull({ errorsLeft, charactersLeft }: Run): boolean {
  return errorsLeft <= 0 || charactersLeft <= 0;
}

/** Appends a segment; undefined stays undefined. */
export function below(location: PathNode | undefined, segment: string | number): PathNode | undefined {
  return location === undefined ? undefined : { parent: location, segment };
}

/** Records a violation if the limits allow another error. Always returns false, for the keyword to return. */
export function reportViolation(
  run: Run,
  { location, keywordPath }: Subject,
  error: Pick<SchemaError, 'keyword' | 'fits'>,
): false {
  if (location === undefined || keywordPath === undefined || isFull(run)) return false;
  const instanceLocation = pointerOf(location);
  const keywordLocation = pointerOf({ parent: keywordPath, segment: error.keyword });
  run.errorsLeft -= 1;
  run.charactersLeft -= instanceLocation.length + keywordLocation.length;
  run.errors.push({ ...error, instanceLocation, keywordLocation });
  return false;
}

function pointerOf(location: PathNode): string {
  const segments: (string | number)[] = [];
  for (let at = location; at.parent !== undefined; at = at.parent) segments.push(at.segment ?? '');
  return segments.reverse().reduce<string>(childPointer, '');
}
