import type { CloudModel, Principal, Resource } from '../cloud.ts';
import { requestContext } from './request-context.ts';
import { trustsAccount, trustsService } from './resource-policies.ts';
import { applies, type Statement, statementsOf } from './statement.ts';

/** Decides which principals may assume a role. No principal may assume a role outside the app. */
export interface RoleTrust {
  /**
   * Reports whether a service principal such as `lambda.amazonaws.com` may assume the role on behalf of
   * `sourceArn`.
   */
  mayAssume(roleArn: string, servicePrincipal: string, sourceArn?: string): boolean;
  /** Reports whether the trust policy of the role allows another role to assume it. */
  trustsRole(roleArn: string, caller: Principal & { readonly kind: 'role' }): boolean;
}

/**
 * Reads the trust policies of the app's roles. They have no `Resource` element, because the role itself is
 * the resource. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 */
export function roleTrust(model: CloudModel): RoleTrust {
  const trust = trustPolicies(model);
  const policyOf = (roleArn: string): readonly Statement[] => {
    const role = model.ofType('AWS::IAM::Role').find(({ arn }) => arn === roleArn);
    return role === undefined ? [] : (trust.get(role) ?? trustPolicy(role));
  };
  const allows = (
    roleArn: string,
    principal: Principal,
    names: (statement: Statement) => boolean,
  ): boolean => {
    const check = { action: 'sts:AssumeRole', resource: roleArn };
    const full = requestContext(model, principal, check);
    const isWithoutSource = principal.kind === 'service' && principal.sourceArn === '';
    const context = isWithoutSource ? new Map([...full].filter(([key]) => key !== 'aws:sourcearn')) : full;
    const applying = policyOf(roleArn).filter(
      (statement) => names(statement) && applies(statement, { ...check, context }),
    );
    return applying.length > 0 && applying.every((statement) => statement.effect === 'Allow');
  };
  return {
    mayAssume: (roleArn, service, sourceArn = '') =>
      allows(roleArn, { kind: 'service', service, sourceArn }, (statement) =>
        trustsService(statement, service),
      ),
    trustsRole: (roleArn, caller) =>
      allows(roleArn, caller, (statement) => trustsAccount(statement, caller.roleArn, model.accountId)),
  };
}

/** Policies of the roles that exist at the start; live functions add roles later. */
function trustPolicies(model: CloudModel): ReadonlyMap<Resource, readonly Statement[]> {
  return new Map(model.ofType('AWS::IAM::Role').map((role) => [role, trustPolicy(role)]));
}

function trustPolicy(role: Resource): readonly Statement[] {
  return statementsOf(role.properties['AssumeRolePolicyDocument'], role.logicalId).map((statement) => ({
    ...statement,
    element: { ...statement.element, Resource: '*' },
  }));
}
