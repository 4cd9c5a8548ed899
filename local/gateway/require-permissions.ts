import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AccessControl, Principal } from '../cloud.ts';

/** Throws AWS's error unless the caller has all permissions that a request needs. A request that needs none is refused. */
export function requirePermissions(
  checks: readonly AccessCheck[],
  principal: Principal,
  access: AccessControl,
): void {
  if (checks.length === 0)
    throw new AwsError(
      'AccessDeniedException',
      'the local runtime defines no permission for this request',
      403,
    );
  for (const check of checks) access.require(principal, check);
}
