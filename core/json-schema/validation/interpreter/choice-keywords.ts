import type { JsonObject } from '../../../contract/json.ts';
import { isJsonArray } from '../../schema/json-kind.ts';
import { mergeEvaluated, nothingEvaluated } from './evaluated-parts.ts';
import { isFull, type Run, reportViolation, type Subject } from './run.ts';
import {
  apply,
  fitsQuietly,
  type Keyword,
  type MakeKeyword,
  type NodeFactory,
  type SchemaNode,
  sameValue,
} from './schema-node.ts';

/** For each alternative that a value does not match: enough to find the closest alternative. */
const maxErrorsPerBranch = 50;

/** `$ref`, which applies another schema to the same value. */
export const referenceKeyword: readonly [string, MakeKeyword] = ['$ref', makeReference];

/** Keywords that apply subschemas to the same value, in the order in which their errors are recorded. */
export const choiceKeywords: readonly (readonly [string, MakeKeyword])[] = [
  ['not', makeNot],
  ['anyOf', (schema, factory) => makeUnion('anyOf', schemasOf(schema, 'anyOf', factory))],
  ['allOf', makeAllOf],
  ['oneOf', (schema, factory) => makeUnion('oneOf', schemasOf(schema, 'oneOf', factory))],
  ['if', makeCondition],
];

function schemasOf(schema: JsonObject, keyword: string, { nodeOf }: NodeFactory): readonly SchemaNode[] {
  const list = schema[keyword];
  return isJsonArray(list) ? list.map(nodeOf) : [];
}

/**
 * The target is created when it is first applied, so that the recursion is not deeper than the schema's text.
 */
function makeReference({ $ref }: JsonObject, { targetOf }: NodeFactory): Keyword {
  let target: SchemaNode | undefined;
  return (run, subject) => {
    target ??= targetOf(String($ref));
    return apply(run, target, sameValue(subject, '$ref'));
  };
}

function makeNot({ not = true }: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const forbidden = nodeOf(not);
  return (run, subject) =>
    !fitsQuietly(run, forbidden, separately(subject)) || reportViolation(run, subject, { keyword: 'not' });
}

function makeAllOf(schema: JsonObject, factory: NodeFactory): Keyword {
  const parts = schemasOf(schema, 'allOf', factory);
  return (run, subject) => {
    let fits = true;
    for (const [index, part] of parts.entries()) {
      if (apply(run, part, sameValue(subject, 'allOf', index))) continue;
      fits = false;
      if (isFull(run)) return false;
    }
    return fits;
  };
}

/** An alternative contributes to the evaluated members only if the value matches it. */
function separately(subject: Subject): Subject {
  return subject.evaluated === undefined ? subject : { ...subject, evaluated: nothingEvaluated() };
}

/**
 * Records one error for the union, followed by the errors of the alternatives that the value does not match.
 */
function makeUnion(keyword: 'anyOf' | 'oneOf', branches: readonly SchemaNode[]): Keyword {
  return (run, subject) => {
    const before = { ...run };
    const start = run.errors.length;
    reportViolation(run, subject, { keyword });
    const fits = matchingBranches(run, { keyword, branches }, subject);
    if (keyword === 'anyOf' ? fits.length > 0 : fits.length === 1) {
      run.errors.length = start;
      run.errorsLeft = before.errorsLeft;
      run.charactersLeft = before.charactersLeft;
      return true;
    }
    const own = run.errors[start];
    if (own !== undefined) run.errors[start] = { ...own, fits };
    return false;
  };
}

interface Union {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly branches: readonly SchemaNode[];
}

function matchingBranches(run: Run, { keyword, branches }: Union, subject: Subject): readonly number[] {
  const fits: number[] = [];
  for (const [index, branch] of branches.entries()) {
    const attempt = separately(sameValue(subject, keyword, index));
    if (!applyBranch(run, branch, attempt)) continue;
    fits.push(index);
    mergeEvaluated(subject.evaluated, attempt.evaluated);
    // Further alternatives matter if they may evaluate more members of the value, or must not match.
    const isDecided = keyword === 'anyOf' ? subject.evaluated === undefined : fits.length > 1 && isFull(run);
    if (isDecided) break;
  }
  return fits;
}

/** Limits the errors of one alternative, so that it does not use up the limit of all errors. */
function applyBranch(run: Run, branch: SchemaNode, subject: Subject): boolean {
  const { errorsLeft } = run;
  run.errorsLeft = Math.min(errorsLeft, maxErrorsPerBranch);
  const available = run.errorsLeft;
  const fits = apply(run, branch, subject);
  run.errorsLeft = errorsLeft - (available - run.errorsLeft);
  return fits;
}

function makeCondition(schema: JsonObject, { nodeOf }: NodeFactory): Keyword {
  const { if: condition = true } = schema;
  const [test, whenTrue, whenFalse] = [
    nodeOf(condition),
    nodeOf(schema['then'] ?? true),
    nodeOf(schema['else'] ?? true),
  ];
  return (run, subject) => {
    const attempt = separately(subject);
    const holds = fitsQuietly(run, test, attempt);
    if (holds) mergeEvaluated(subject.evaluated, attempt.evaluated);
    return apply(run, holds ? whenTrue : whenFalse, sameValue(subject, holds ? 'then' : 'else'));
  };
}
