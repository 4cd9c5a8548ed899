import type { AccessControl, CloudModel, Principal } from '../cloud.ts';
import { roleTrust } from './role-trust.ts';

/** A principal that acts by a role. */
export type RolePrincipal = Principal & { readonly kind: 'role' };

/** The caller as it acts in another role, under the name of its session; undefined when it may not take that role. */
export type AssumeRole = (caller: RolePrincipal, roleArn: string) => RolePrincipal | undefined;

/**
 * Lets a role of the app take another one: the caller's policies must permit `sts:AssumeRole`, and the other role must
 * trust the caller. IAM asks for one of both when the trust policy names the caller; Step Functions documents both for the
 * role of a task. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
 */
export function roleAssumption(model: CloudModel, access: AccessControl): AssumeRole {
  const trust = roleTrust(model);
  return (caller, roleArn) => {
    if (!trust.trustsRole(roleArn, caller) || !mayAssume(access, caller, roleArn)) return undefined;
    return { ...caller, roleArn };
  };
}

function mayAssume(access: AccessControl, caller: RolePrincipal, roleArn: string): boolean {
  try {
    access.require(caller, { action: 'sts:AssumeRole', resource: roleArn });
    return true;
  } catch {
    return false;
  }
}
