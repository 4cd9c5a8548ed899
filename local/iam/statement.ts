import { isRecord, type JsonRecord, listOf } from '../assembly/json.ts';
import { conditionsHold, type RequestContext, type Verdict } from './conditions.ts';
import { wildcardMatch } from './wildcard.ts';

/** One statement of a policy document, with where it stands for error messages. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly element: JsonRecord;
}

/** What a statement is asked about. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

const KNOWN_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Reads the statements of a policy document. Throws when an effect is neither Allow nor Deny. */
export function statementsOf(document: unknown, where: string): readonly Statement[] {
  const list = isRecord(document) ? listOf(document['Statement']) : [];
  return list.map((element) => {
    if (!isRecord(element)) throw new Error(`${where}: a statement must be an object`);
    const effect = element['Effect'];
    if (effect !== 'Allow' && effect !== 'Deny')
      throw new Error(`${where}: effect ${String(effect)} is not known`);
    return { effect, element };
  });
}

/**
 * Whether a statement speaks about this request, its principal aside. What cannot be evaluated makes an
 * Allow not apply and a Deny apply, so that nothing passes here that AWS would refuse.
 */
export function applies(statement: Statement, question: Question): boolean {
  const verdict = weigh(statement, question);
  return verdict === 'unknown' ? statement.effect === 'Deny' : verdict === 'yes';
}

function weigh(statement: Statement, question: Question): Verdict {
  const { element } = statement;
  const covered = [
    matches(element, ['Action', 'NotAction'], (pattern) => actionMatch(pattern, question.action)),
    matches(element, ['Resource', 'NotResource'], (pattern) => wildcardMatch(pattern, question.resource)),
    conditionsHold(element['Condition'], question.context),
  ];
  if (covered.includes('no')) return 'no';
  const understood = Object.keys(element).every((name) => KNOWN_ELEMENTS.has(name));
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

/** Actions are the one part of a policy that ignores case. */
function actionMatch(pattern: string, action: string): boolean {
  return wildcardMatch(pattern.toLowerCase(), action.toLowerCase());
}
