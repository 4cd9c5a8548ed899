import { AwsError, accessDenied } from '../aws-error.ts';
import type { AccessCheck, AccessControl, CloudModel, Principal } from '../cloud.ts';
import { requestContext } from './request-context.ts';
import { guards, namesPrincipal, resourcePolicies } from './resource-policies.ts';
import { rolePolicies } from './role-policies.ts';
import { applies } from './statement.ts';

/**
 * Evaluates the policies of the synthesized app as IAM does within one account: an explicit Deny wins,
 * otherwise a role policy or a resource policy must allow. Throws immediately if a policy cannot be parsed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function accessControl(model: CloudModel): AccessControl {
  const byRole = rolePolicies(model);
  const onResources = resourcePolicies(model);

  function require(principal: Principal, check: AccessCheck): void {
    if (principal.kind === 'operator') return;
    const question = { ...check, context: requestContext(model, principal, check) };
    const ofRole = principal.kind === 'role' ? (byRole.get(principal.roleArn) ?? []) : [];
    const ofResource = onResources
      .filter((policy) => guards(policy, check.resource))
      .flatMap((policy) => policy.statements)
      .filter((statement) => namesPrincipal(statement, principal, model.accountId));
    const applying = [...ofRole, ...ofResource].filter((statement) => applies(statement, question));
    if (applying.some((statement) => statement.effect === 'Deny')) throw explicitDeny(principal, check);
    if (applying.length === 0) throw accessDenied(principalName(principal), check.action, check.resource);
  }

  return { require };
}

/** Returns AWS's name of the caller for error messages. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'role': {
      const [, accountId, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(principal.roleArn) ?? [];
      const session = `arn:aws:sts::${accountId}:assumed-role/${name}/${principal.sessionName}`;
      return `${session} (${principal.roleArn})`;
    }
    case 'service':
      return `${principal.service} (${principal.sourceArn})`;
    case 'anyone':
      return 'anonymous';
    case 'operator':
      return 'operator';
  }
}

function explicitDeny(principal: Principal, check: AccessCheck): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `User: ${principalName(principal)} is not authorized to perform: ${check.action} on resource: ${check.resource} with an explicit deny in a policy`,
    403,
  );
}
