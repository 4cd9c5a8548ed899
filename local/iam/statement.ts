import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { evaluateConditions, type RequestContext, type Verdict } from './conditions.ts';
import { wildcardMatch } from './wildcard.ts';

/** A statement of a policy document, with its location for error messages. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly element: JsonRecord;
}

/** The request that a statement is evaluated for. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

const knownElements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Parses the statements of a policy document. Throws if an effect is neither Allow nor Deny. */
export function statementsOf(document: unknown, where: string): readonly Statement[] {
  const list = isRecord(document) ? listOf(document['Statement']) : [];
  return list.map((element) => {
    if (!isRecord(element)) throw new Error(`${where}: a statement must be an object`);
    const effect = element['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny')
      throw new Error(`${where}: effect ${String(effect)} must be Allow or Deny`);
    return { effect, element };
  });
}

/**
 * Reports whether a statement applies to this request, without regard to its principal. If something cannot
 * be evaluated, an Allow does not apply and a Deny applies, so that the local runtime allows nothing that AWS
 * would refuse.
 */
export function applies(statement: Statement, request: AccessRequest): boolean {
  const verdict = evaluate(statement, request);
  return verdict === 'unknown' ? statement.effect === 'Deny' : verdict === 'yes';
}

function evaluate(statement: Statement, request: AccessRequest): Verdict {
  const { element } = statement;
  const covered = [
    matches(element, ['Action', 'NotAction'], (pattern) => actionMatch(pattern, request.action)),
    matches(element, ['Resource', 'NotResource'], (pattern) => wildcardMatch(pattern, request.resource)),
    evaluateConditions(element['Condition'], request.context),
  ];
  if (covered.includes('no')) return 'no';
  const understood = Object.keys(element).every((name) => knownElements.has(name));
  return covered.includes('unknown') || !understood ? 'unknown' : 'yes';
}

function matches(
  element: JsonRecord,
  names: readonly [string, string],
  matchOne: (pattern: string) => boolean,
): Verdict {
  const [positive, negative] = names;
  const isNegative = element[negative] !== undefined;
  const patterns = listOf(element[isNegative ? negative : positive]).map(String);
  if (patterns.length === 0 || patterns.some((pattern) => pattern.includes('${'))) return 'unknown';
  return patterns.some(matchOne) !== isNegative ? 'yes' : 'no';
}

/** Matches an action. Actions are the only part of a policy that is compared without regard to case. */
function actionMatch(pattern: string, action: string): boolean {
  return wildcardMatch(pattern.toLowerCase(), action.toLowerCase());
}
