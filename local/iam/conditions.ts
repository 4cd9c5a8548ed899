import { isRecord, listOf } from '../json.ts';
import { arnLike } from './arn-like.ts';
import { wildcardMatch } from './wildcard.ts';

/** Condition keys of a request. A key that is supported but absent from the request has no entry. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/**
 * Placeholder in a request's context for a value that could not be derived: no policy may allow because of
 * it.
 */
export const notDerivable = '\u0000not derivable';

/** Result of conditions; `unknown` if an operator, key or value cannot be evaluated. */
export type Verdict = 'yes' | 'no' | 'unknown';

type Test = (expected: string, actual: string) => boolean;

const equals: Test = (expected, actual) => expected === actual;
const equalsIgnoringCase: Test = (expected, actual) => expected.toLowerCase() === actual.toLowerCase();
const numeric =
  (compare: (actual: number, expected: number) => boolean): Test =>
  (expected, actual) =>
    compare(Number(actual), Number(expected));

const operators: Readonly<Record<string, Test>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: wildcardMatch,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: equalsIgnoringCase,
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
};

const negatedOperators: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * Keys whose presence in a request the runtime knows. Any other key makes a condition `unknown`, because AWS
 * would supply it and this runtime does not.
 */
const knownKeys: ReadonlySet<string> = new Set(
  [
    'aws:SecureTransport',
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalIsAWSService',
    'aws:PrincipalServiceName',
    'aws:SourceArn',
    'aws:SourceAccount',
    'aws:ResourceAccount',
    'aws:RequestedRegion',
    'dynamodb:LeadingKeys',
    'dynamodb:EnclosingOperation',
    's3:prefix',
    's3:delimiter',
    's3:max-keys',
    's3:signatureAge',
    'lambda:FunctionArn',
  ].map((key) => key.toLowerCase()),
);

/** Evaluates the `Condition` element of a statement: every operator and every key must match. */
export function evaluateConditions(condition: unknown, context: RequestContext): Verdict {
  if (condition === undefined) return 'yes';
  if (!isRecord(condition)) return 'unknown';
  const verdicts = Object.entries(condition).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, expected]) => evaluate(operator, { key, expected }, context))
      : (['unknown'] as const),
  );
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

interface Clause {
  readonly key: string;
  readonly expected: unknown;
}

function evaluate(operatorText: string, clause: Clause, context: RequestContext): Verdict {
  const [, set, name, ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operatorText) ?? [];
  const key = clause.key.toLowerCase();
  const expected = listOf(clause.expected).map(String);
  const actual = context.get(key);
  const unclear = [...expected, ...(actual ?? [])].some(
    (value) => value.includes('${') || value === notDerivable,
  );
  if (name === undefined || unclear || (actual === undefined && !knownKeys.has(key))) return 'unknown';
  if (name === 'Null') return (actual === undefined) === (expected[0] === 'true') ? 'yes' : 'no';
  const test = operators[negatedOperators[name] ?? name];
  if (test === undefined) return 'unknown';
  const negated = name in negatedOperators;
  if (actual === undefined) return ifExists !== undefined || negated || set === 'ForAllValues' ? 'yes' : 'no';
  const matches = (value: string) => expected.some((each) => test(each, value)) !== negated;
  const isMet =
    set === 'ForAllValues' || (set === undefined && negated) ? actual.every(matches) : actual.some(matches);
  return isMet ? 'yes' : 'no';
}
