import { ProblemError } from '../contract/problems/problem-error.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { checkServicePath } from './model/service-path.ts';
import { requirePrecondition, type ServicePrecondition } from './require-precondition.ts';
import { maxWriteTries, unknownVersion, writeConflictProblem } from './service-problems.ts';

/**
 * Deletes a version that no job has used. Throws `invalid-request`, `service-not-found`,
 * `precondition-failed` or `service-in-use`.
 */
export async function deleteService(
  deps: { readonly services: ServiceStore },
  input: ServiceKey & { readonly meetsPrecondition?: ServicePrecondition },
): Promise<void> {
  checkServicePath(input);
  for (let tries = 0; tries < maxWriteTries; tries += 1) {
    const stored = await deps.services.get(input);
    if (stored === undefined) throw await unknownVersion(deps.services, input);
    requirePrecondition(input.meetsPrecondition, stored);
    if (stored.used) {
      const detail = `Version ${input.version} of ${input.name} cannot be deleted because jobs have used it; deprecate it instead`;
      throw new ProblemError('service-in-use', detail);
    }
    if ((await deps.services.remove(input, stored.revision)) === 'removed') return;
  }
  throw writeConflictProblem();
}
