import type { AccessControl } from '../cloud.ts';

/**
 * The same decisions, each refusal told in one line with action, resource and role: a missing grant is to be seen
 * also where its caller carries on without what it asked for.
 */
export function tellDenials(access: AccessControl, tell: (line: string) => void): AccessControl {
  return {
    require: (principal, check) => {
      try {
        access.require(principal, check);
      } catch (error) {
        tell(String(error instanceof Error ? `AccessDeniedException: ${error.message}` : error));
        throw error;
      }
    },
  };
}
