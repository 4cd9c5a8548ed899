import type { Clock } from '../ports/clock.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { checkServicePath } from './model/service-path.ts';
import { requirePrecondition, type ServicePrecondition } from './require-precondition.ts';
import { maxWriteTries, unknownVersion, writeConflictProblem } from './service-problems.ts';

interface Deps {
  readonly services: ServiceStore;
  readonly clock: Clock;
}

/**
 * Deprecates a version, so that version ranges no longer select it. A second call with another reason
 * replaces the reason and keeps the time. Throws `invalid-request`, `service-not-found` or
 * `precondition-failed`.
 */
export async function deprecateService(
  deps: Deps,
  input: ServiceKey & { readonly reason: string; readonly meetsPrecondition?: ServicePrecondition },
): Promise<Service> {
  checkServicePath(input);
  for (let tries = 0; tries < maxWriteTries; tries += 1) {
    const stored = await deps.services.get(input);
    if (stored === undefined) throw await unknownVersion(deps.services, input);
    requirePrecondition(input.meetsPrecondition, stored);
    if (stored.deprecation?.reason === input.reason) return stored;
    const now = deps.clock.now();
    const deprecation = { at: stored.deprecation?.at ?? now, reason: input.reason };
    const service = { ...stored, deprecation, revision: stored.revision + 1, updatedAt: now };
    if ((await deps.services.replace(service, stored.revision)) === 'replaced') return service;
  }
  throw writeConflictProblem();
}
