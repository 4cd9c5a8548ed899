import type { JsonObject } from '../../../contract/json.ts';
import { isJsonArray } from '../../schema/json-kind.ts';
import { broken, isFull, type Run, type Subject } from './run.ts';
import {
  apply,
  fitsQuietly,
  type Keyword,
  type MakeKeyword,
  type Making,
  type SchemaNode,
  sameValue,
} from './schema-node.ts';
import { addSeen, nothingSeen } from './seen.ts';

/** Of each form that a value does not fit: enough to name the nearest one. */
const maxErrorsOfForm = 50;

/** Keywords that apply other schemas to the same value. */
export const referenceKeyword: readonly [string, MakeKeyword] = ['$ref', makeReference];

/** In the order in which their errors are recorded. */
export const choiceKeywords: readonly (readonly [string, MakeKeyword])[] = [
  ['not', makeNot],
  ['anyOf', (schema, making) => makeUnion('anyOf', schemasOf(schema, 'anyOf', making))],
  ['allOf', makeAllOf],
  ['oneOf', (schema, making) => makeUnion('oneOf', schemasOf(schema, 'oneOf', making))],
  ['if', makeCondition],
];

function schemasOf(schema: JsonObject, keyword: string, { nodeOf }: Making): readonly SchemaNode[] {
  const held = schema[keyword];
  return isJsonArray(held) ? held.map(nodeOf) : [];
}

/** The target is made when it is first applied, so that making a schema goes no deeper than its text. */
function makeReference({ $ref }: JsonObject, { targetOf }: Making): Keyword {
  let target: SchemaNode | undefined;
  return (run, subject) => {
    target ??= targetOf(String($ref));
    return apply(run, target, sameValue(subject, '$ref'));
  };
}

function makeNot({ not = true }: JsonObject, { nodeOf }: Making): Keyword {
  const unwanted = nodeOf(not);
  return (run, subject) =>
    !fitsQuietly(run, unwanted, apart(subject)) || broken(run, subject, { keyword: 'not' });
}

function makeAllOf(schema: JsonObject, making: Making): Keyword {
  const parts = schemasOf(schema, 'allOf', making);
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

/** A form of a union counts for what has been evaluated only if the value fits it. */
function apart(subject: Subject): Subject {
  return subject.seen === undefined ? subject : { ...subject, seen: nothingSeen() };
}

/** One error for the union, and behind it those of the forms that the value does not fit. */
function makeUnion(keyword: 'anyOf' | 'oneOf', forms: readonly SchemaNode[]): Keyword {
  return (run, subject) => {
    const before = { ...run };
    const start = run.errors.length;
    broken(run, subject, { keyword });
    const fits = formsThatFit(run, { keyword, forms }, subject);
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
  readonly forms: readonly SchemaNode[];
}

function formsThatFit(run: Run, { keyword, forms }: Union, subject: Subject): readonly number[] {
  const fits: number[] = [];
  for (const [index, form] of forms.entries()) {
    const tried = apart(sameValue(subject, keyword, index));
    if (!applyForm(run, form, tried)) continue;
    fits.push(index);
    addSeen(subject.seen, tried.seen);
    // Further forms count where they may have evaluated more of the value, or must not fit.
    const isDecided = keyword === 'anyOf' ? subject.seen === undefined : fits.length > 1 && isFull(run);
    if (isDecided) break;
  }
  return fits;
}

/** No form takes all the room for errors. */
function applyForm(run: Run, form: SchemaNode, subject: Subject): boolean {
  const { errorsLeft } = run;
  run.errorsLeft = Math.min(errorsLeft, maxErrorsOfForm);
  const room = run.errorsLeft;
  const fits = apply(run, form, subject);
  run.errorsLeft = errorsLeft - (room - run.errorsLeft);
  return fits;
}

function makeCondition(schema: JsonObject, { nodeOf }: Making): Keyword {
  const { if: condition = true } = schema;
  const [test, whenTrue, whenFalse] = [
    nodeOf(condition),
    nodeOf(schema['then'] ?? true),
    nodeOf(schema['else'] ?? true),
  ];
  return (run, subject) => {
    const tried = apart(subject);
    const holds = fitsQuietly(run, test, tried);
    if (holds) addSeen(subject.seen, tried.seen);
    return apply(run, holds ? whenTrue : whenFalse, sameValue(subject, holds ? 'then' : 'else'));
  };
}
