import { isRecord } from '../../json.ts';
import { compilePath, type ReferencePath } from './reference-path.ts';

/** A compiled choice rule: the state `next` follows if the value of the variable matches. */
export interface ChoiceRule {
  readonly variable: ReferencePath;
  readonly next: string;
  matches(value: unknown): boolean;
}

type Comparison = (expected: unknown) => (value: unknown) => boolean;

const equals: Comparison = (expected) => (value) => value === expected;
/** A value of another type than number does not match. */
const ordered =
  (isMatch: (value: number, expected: number) => boolean): Comparison =>
  (expected) =>
  (value) =>
    typeof value === 'number' && isMatch(value, Number(expected));

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html */
const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: equals,
  NumericEquals: equals,
  BooleanEquals: equals,
  NumericLessThan: ordered((value, expected) => value < expected),
  NumericLessThanEquals: ordered((value, expected) => value <= expected),
  NumericGreaterThan: ordered((value, expected) => value > expected),
  NumericGreaterThanEquals: ordered((value, expected) => value >= expected),
};

/** Compiles a rule of a choice. Throws an error with `where` for an operator that is not supported. */
export function compileChoiceRule(rule: unknown, where: string): ChoiceRule {
  const { Variable, Next, Comment: _, ...comparison } = isRecord(rule) ? rule : {};
  const [operator = '', ...others] = Object.keys(comparison);
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (compare === undefined || others.length > 0) {
    const operators = Object.keys(comparison).join(' ');
    throw new Error(`${where}: the choice rule ${operators} is not supported by the local runtime`);
  }
  return {
    variable: compilePath(Variable, 'Variable', where),
    next: String(Next),
    matches: compare(comparison[operator]),
  };
}
