import { wildcardMatch } from '../iam/wildcard.ts';
import { isRecord } from '../json.ts';

/** One statement of an authorizer's policy. */
interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * The statements of an authorizer's policy. {@link readPolicy} returns undefined if it cannot evaluate the
 * policy.
 */
export type Policy = readonly Statement[];

/**
 * Parses the policy document that an authorizer returned. Returns undefined if the document contains anything
 * that the decision would ignore: conditions, `NotAction`, `NotResource` or unknown effects.
 */
export function readPolicy(document: unknown): Policy | undefined {
  if (!isRecord(document)) return undefined;
  const statements = [document['Statement']].flat().map(readStatement);
  const understood = statements.filter((statement) => statement !== undefined);
  return understood.length === statements.length ? understood : undefined;
}

/** Decides as IAM does: an explicit deny wins, then any allow; otherwise the request is denied implicitly. */
export function evaluatePolicy(policy: Policy, methodArn: string): 'allow' | 'explicitDeny' | 'implicitDeny' {
  const applying = policy.filter(
    ({ actions, resources }) =>
      actions.some((action) => wildcardMatch(action.toLowerCase(), 'execute-api:invoke')) &&
      resources.some((resource) => wildcardMatch(resource, methodArn)),
  );
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicitDeny';
  return applying.length > 0 ? 'allow' : 'implicitDeny';
}

function readStatement(statement: unknown): Statement | undefined {
  if (!isRecord(statement)) return undefined;
  const { Effect: effect, Action: action, Resource: resource, Sid: _sid, ...others } = statement;
  const actions = texts(action);
  const resources = texts(resource);
  const isEffect = effect === 'Allow' || effect === 'Deny';
  if (!isEffect || actions === undefined || resources === undefined || Object.keys(others).length > 0) {
    return undefined;
  }
  return { effect, actions, resources };
}

function texts(value: unknown): readonly string[] | undefined {
  const list = [value].flat();
  return list.every((item) => typeof item === 'string') ? list : undefined;
}
