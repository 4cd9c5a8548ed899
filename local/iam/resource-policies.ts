import type { CloudModel, Principal, Resource } from '../cloud.ts';
import { isRecord, listOf } from '../json.ts';
import { type Statement, statementsOf } from './statement.ts';
import { wildcardMatch } from './wildcard.ts';

/** The policy of a bucket or queue. */
export interface ResourcePolicy {
  readonly resourceArn: string;
  readonly statements: readonly Statement[];
}

/** Reads bucket and queue policies. Throws if a policy names a bucket or queue that is not in the app. */
export function resourcePolicies(model: CloudModel): readonly ResourcePolicy[] {
  const arnOf = (type: string, ref: unknown, policy: Resource) => {
    const owner = model.ofType(type).find((resource) => resource.ref === ref);
    if (owner?.arn === undefined)
      throw new Error(`${policy.stack}/${policy.logicalId}: ${String(ref)} is not in the app`);
    return owner.arn;
  };
  const read = (policy: Resource, resourceArn: string) => ({
    resourceArn,
    statements: statementsOf(policy.properties['PolicyDocument'], policy.logicalId),
  });
  return [
    ...model
      .ofType('AWS::S3::BucketPolicy')
      .map((policy) => read(policy, arnOf('AWS::S3::Bucket', policy.properties['Bucket'], policy))),
    ...model
      .ofType('AWS::SQS::QueuePolicy')
      .flatMap((policy) =>
        listOf(policy.properties['Queues']).map((queue) =>
          read(policy, arnOf('AWS::SQS::Queue', queue, policy)),
        ),
      ),
  ];
}

/**
 * Reports whether a policy applies to this resource: the bucket or queue itself, or an object in the bucket.
 */
export function guards(policy: ResourcePolicy, resource: string): boolean {
  return resource === policy.resourceArn || resource.startsWith(`${policy.resourceArn}/`);
}

/**
 * Reports whether the statement's `Principal` element names the caller. An Allow for the account delegates
 * the decision to role policies and therefore names no caller; a Deny for the account names every role in it.
 * `NotPrincipal` is not evaluated: it makes a Deny apply.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function namesPrincipal(statement: Statement, principal: Principal, accountId: string): boolean {
  const isDeny = statement.effect === 'Deny';
  const element = statement.element['Principal'];
  if (element === '*') return true;
  if (!isRecord(element) || statement.element['NotPrincipal'] !== undefined) return isDeny;
  if (principal.kind === 'service') return listOf(element['Service']).includes(principal.service);
  if (principal.kind === 'operator' || principal.kind === 'anyone') return false;
  const account = [accountId, `arn:aws:iam::${accountId}:root`];
  return listOf(element['AWS'])
    .map(String)
    .some((name) => name === '*' || name === principal.roleArn || (isDeny && account.includes(name)));
}

/** Reports whether a trust policy's statement lets this service assume the role. */
export function trustsService(statement: Statement, service: string): boolean {
  const element = statement.element['Principal'];
  if (!isRecord(element)) return statement.effect === 'Deny';
  return listOf(element['Service']).some((name) => wildcardMatch(String(name), service));
}

/**
 * Reports whether a trust policy's statement lets a role of the account assume the role: by its ARN, or as a
 * member of the account.
 */
export function trustsAccount(statement: Statement, roleArn: string, accountId: string): boolean {
  const element = statement.element['Principal'];
  if (element === '*') return true;
  if (!isRecord(element)) return statement.effect === 'Deny';
  const names = ['*', roleArn, accountId, `arn:aws:iam::${accountId}:root`];
  return listOf(element['AWS']).some((name) => names.includes(String(name)));
}
