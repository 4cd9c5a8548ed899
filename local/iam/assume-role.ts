import type { AccessControl, CloudModel, Principal } from '../cloud.ts';
import { roleTrust } from './role-trust.ts';

/** A principal that acts with a role. */
export type RolePrincipal = Principal & { readonly kind: 'role' };

/**
 * Returns the caller acting with another role and its own session name; undefined if it may not assume the
 * role.
 */
export type AssumeRole = (caller: RolePrincipal, roleArn: string) => RolePrincipal | undefined;

/**
 * Lets a role of the app assume another role: the caller's policies must allow `sts:AssumeRole`, and the
 * other role must trust the caller. IAM requires only one of both if the trust policy names the caller; Step
 * Functions documents both for the role of a task.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
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
