import { isRecord, listOf } from '../assembly/json.ts';
import { arnLike } from './arn-like.ts';
import { wildcardMatch } from './wildcard.ts';

/** Condition keys of a request. A key that is known but absent from the request has no entry. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** Stands in a request's context where a key's value could not be worked out: nothing may rest on it. */
export const NOT_DERIVABLE = '\u0000not derivable';

/** Whether conditions hold; `unknown` when an operator, key or value cannot be evaluated. */
export type Verdict = 'yes' | 'no' | 'unknown';

type Test = (wanted: string, given: string) => boolean;

const equals: Test = (wanted, given) => wanted === given;
const equalsIgnoringCase: Test = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();
const numeric =
  (compare: (given: number, wanted: number) => boolean): Test =>
  (wanted, given) =>
    compare(Number(given), Number(wanted));

const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: wildcardMatch,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: equalsIgnoringCase,
  NumericEquals: numeric((given, wanted) => given === wanted),
  NumericLessThan: numeric((given, wanted) => given < wanted),
  NumericLessThanEquals: numeric((given, wanted) => given <= wanted),
  NumericGreaterThan: numeric((given, wanted) => given > wanted),
  NumericGreaterThanEquals: numeric((given, wanted) => given >= wanted),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * Keys whose presence in a request is known here. Any other key makes a condition `unknown`, since AWS
 * would supply it and this runtime does not.
 */
const KNOWN_KEYS: ReadonlySet<string> = new Set(
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
    'lambda:FunctionArn',
  ].map((key) => key.toLowerCase()),
);

/** Evaluates the `Condition` element of a statement: every operator and every key must hold. */
export function conditionsHold(condition: unknown, context: RequestContext): Verdict {
  if (condition === undefined) return 'yes';
  if (!isRecord(condition)) return 'unknown';
  const verdicts = Object.entries(condition).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, wanted]) => evaluate(operator, { key, wanted }, context))
      : (['unknown'] as const),
  );
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

interface Clause {
  readonly key: string;
  readonly wanted: unknown;
}

function evaluate(operatorText: string, clause: Clause, context: RequestContext): Verdict {
  const [, set, name, ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operatorText) ?? [];
  const key = clause.key.toLowerCase();
  const wanted = listOf(clause.wanted).map(String);
  const given = context.get(key);
  const unclear = [...wanted, ...(given ?? [])].some(
    (value) => value.includes('${') || value === NOT_DERIVABLE,
  );
  if (name === undefined || unclear || (given === undefined && !KNOWN_KEYS.has(key))) return 'unknown';
  if (name === 'Null') return (given === undefined) === (wanted[0] === 'true') ? 'yes' : 'no';
  const test = OPERATORS[NEGATED[name] ?? name];
  if (test === undefined) return 'unknown';
  const negated = name in NEGATED;
  if (given === undefined) return ifExists !== undefined || negated || set === 'ForAllValues' ? 'yes' : 'no';
  const holds = (value: string) => wanted.some((each) => test(each, value)) !== negated;
  const held =
    set === 'ForAllValues' || (set === undefined && negated) ? given.every(holds) : given.some(holds);
  return held ? 'yes' : 'no';
}
