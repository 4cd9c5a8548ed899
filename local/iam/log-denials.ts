import type { AccessControl } from '../cloud.ts';

/**
 * Wraps access control so that each refusal is logged with action, resource and role. A missing permission is
 * then visible even if its caller continues without the resource.
 */
export function logDenials(access: AccessControl, log: (line: string) => void): AccessControl {
  return {
    require: (principal, check) => {
      try {
        access.require(principal, check);
      } catch (error) {
        log(String(error instanceof Error ? `AccessDeniedException: ${error.message}` : error));
        throw error;
      }
    },
  };
}
