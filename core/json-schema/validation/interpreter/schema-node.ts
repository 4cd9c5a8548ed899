import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { type JsonKind, jsonKind } from '../../schema/json-kind.ts';
import { below, isFull, type Run, StepLimitError, type Subject } from './run.ts';
import { addSeen, nothingSeen } from './seen.ts';

/** What one keyword of a schema asks of a value; false when the value breaks it. */
export type Keyword = (run: Run, subject: Subject) => boolean;

/** A schema made ready for evaluation. */
export interface SchemaNode {
  /** Its keywords in the order in which errors are recorded, for each kind of value. */
  readonly keywords: Record<JsonKind, readonly Keyword[]>;
  /** It looks at what its own keywords have evaluated, and not at what those around it have. */
  requiresUnevaluated: boolean;
}

/** What the keywords of a schema are made with. */
export interface Making {
  readonly nodeOf: (schema: JsonValue) => SchemaNode;
  /** The schema to which the text of a `$ref` leads. */
  readonly targetOf: (reference: string) => SchemaNode;
}

/** Makes a keyword of the schema that has it. */
export type MakeKeyword = (schema: JsonObject, making: Making) => Keyword;

/** Whether a value fits a schema. Stops early once no more errors are recorded. Throws `StepLimitError`. */
export function apply(run: Run, node: SchemaNode, subject: Subject): boolean {
  run.stepsLeft -= 1;
  if (run.stepsLeft < 0) throw new StepLimitError('too many schemas apply');
  const seen = subject.seen !== undefined && node.requiresUnevaluated ? nothingSeen() : subject.seen;
  const own = seen === subject.seen ? subject : { ...subject, seen };
  let fits = true;
  for (const keyword of node.keywords[jsonKind(subject.value)]) {
    if (keyword(run, own)) continue;
    fits = false;
    if (isFull(run)) return false;
  }
  if (own !== subject) addSeen(subject.seen, seen);
  return fits;
}

/** Whether a value fits, without recording anything. */
export function fitsQuietly(run: Run, node: SchemaNode, subject: Subject): boolean {
  const { errorsLeft } = run;
  run.errorsLeft = 0;
  const fits = apply(run, node, { ...subject, place: undefined, way: undefined });
  run.errorsLeft = errorsLeft;
  return fits;
}

/** A part of a value, with the keywords that lead to its schema. */
export function partOf(
  { place, way, seen }: Subject,
  [name, value]: readonly [string | number, JsonValue],
  keywords: readonly (string | number)[],
): Subject {
  return {
    value,
    place: below(place, name),
    way: place === undefined ? undefined : keywords.reduce(below, way),
    seen: seen === undefined || typeof value !== 'object' ? undefined : nothingSeen(),
  };
}

/** The same value, with the keywords that lead to another schema of it. */
export function sameValue(subject: Subject, ...keywords: readonly (string | number)[]): Subject {
  return subject.way === undefined ? subject : { ...subject, way: keywords.reduce(below, subject.way) };
}
