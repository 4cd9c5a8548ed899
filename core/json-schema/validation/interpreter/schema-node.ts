import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { type JsonKind, jsonKind } from '../../schema/json-kind.ts';
import { mergeEvaluated, nothingEvaluated } from './evaluated-parts.ts';
import { below, isFull, type Run, StepLimitError, type Subject } from './run.ts';

/** Evaluates one keyword of a schema; false when the value violates it. */
export type Keyword = (run: Run, subject: Subject) => boolean;

/** A schema that is ready for evaluation. */
export interface SchemaNode {
  /** The keywords for each kind of value, in the order in which errors are recorded. */
  readonly keywords: Record<JsonKind, readonly Keyword[]>;
  /**
   * Whether it has an `unevaluated...` keyword, which considers only members evaluated by this schema's own
   * keywords.
   */
  requiresUnevaluated: boolean;
}

/** Creates the nodes of subschemas. */
export interface NodeFactory {
  readonly nodeOf: (schema: JsonValue) => SchemaNode;
  /** Returns the schema that the text of a `$ref` refers to. */
  readonly targetOf: (reference: string) => SchemaNode;
}

/** Creates the evaluation of a keyword from the schema that contains it. */
export type MakeKeyword = (schema: JsonObject, factory: NodeFactory) => Keyword;

/**
 * Returns whether a value matches a schema. Stops when no more errors can be recorded. Throws
 * `StepLimitError`.
 */
export function apply(run: Run, node: SchemaNode, subject: Subject): boolean {
  run.stepsLeft -= 1;
  if (run.stepsLeft < 0) throw new StepLimitError('too many schemas apply');
  const evaluated =
    subject.evaluated !== undefined && node.requiresUnevaluated ? nothingEvaluated() : subject.evaluated;
  const effective = evaluated === subject.evaluated ? subject : { ...subject, evaluated };
  let fits = true;
  for (const keyword of node.keywords[jsonKind(subject.value)]) {
    if (keyword(run, effective)) continue;
    fits = false;
    if (isFull(run)) return false;
  }
  if (effective !== subject) mergeEvaluated(subject.evaluated, evaluated);
  return fits;
}

/** Returns whether a value matches, without recording errors. */
export function fitsQuietly(run: Run, node: SchemaNode, subject: Subject): boolean {
  const { errorsLeft } = run;
  run.errorsLeft = 0;
  const fits = apply(run, node, { ...subject, location: undefined, keywordPath: undefined });
  run.errorsLeft = errorsLeft;
  return fits;
}

/** Returns a part of a value as the subject of the subschema that the keywords lead to. */
export function partOf(
  { location, keywordPath, evaluated }: Subject,
  [name, value]: readonly [string | number, JsonValue],
  keywords: readonly (string | number)[],
): Subject {
  return {
    value,
    location: below(location, name),
    keywordPath: location === undefined ? undefined : keywords.reduce(below, keywordPath),
    evaluated: evaluated === undefined || typeof value !== 'object' ? undefined : nothingEvaluated(),
  };
}

/** Returns the same value as the subject of another schema that the keywords lead to. */
export function sameValue(subject: Subject, ...keywords: readonly (string | number)[]): Subject {
  return subject.keywordPath === undefined
    ? subject
    : { ...subject, keywordPath: keywords.reduce(below, subject.keywordPath) };
}
