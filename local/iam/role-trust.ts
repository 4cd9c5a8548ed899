import type { CloudModel } from '../cloud.ts';
import { requestContext } from './request-context.ts';
import { trustsService } from './resource-policies.ts';
import { applies, statementsOf } from './statement.ts';

/** Asks which service may take which role. */
export interface RoleTrust {
  /**
   * Whether a service principal such as `lambda.amazonaws.com` may assume the role on behalf of
   * `sourceArn`. A role outside the app is trusted by nobody.
   */
  mayAssume(roleArn: string, servicePrincipal: string, sourceArn?: string): boolean;
}

/**
 * Reads the trust policies of the app's roles. Trust policies carry no `Resource` element: the role itself
 * is the resource. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 */
export function roleTrust(model: CloudModel): RoleTrust {
  const trust = new Map(
    model.ofType('AWS::IAM::Role').map((role) => [
      role.arn,
      statementsOf(role.properties['AssumeRolePolicyDocument'], role.logicalId).map((statement) => ({
        ...statement,
        element: { ...statement.element, Resource: '*' },
      })),
    ]),
  );
  return {
    mayAssume(roleArn, servicePrincipal, sourceArn) {
      const check = { action: 'sts:AssumeRole', resource: roleArn };
      const full = requestContext(
        model,
        { kind: 'service', service: servicePrincipal, sourceArn: sourceArn ?? '' },
        check,
      );
      const context =
        sourceArn === undefined ? new Map([...full].filter(([key]) => key !== 'aws:sourcearn')) : full;
      const applying = (trust.get(roleArn) ?? []).filter(
        (statement) =>
          trustsService(statement, servicePrincipal) && applies(statement, { ...check, context }),
      );
      return applying.length > 0 && applying.every((statement) => statement.effect === 'Allow');
    },
  };
}
