import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { sameDefinition } from './same-definition.ts';
import { maxWriteTries, unknownVersion, writeConflictProblem } from './service-problems.ts';

export interface MarkResult {
  readonly service: Service;
  /** `changed`: the definition was modified and nothing was marked; check the parameters again. */
  readonly outcome: 'marked' | 'changed';
}

/**
 * Marks a version as used before its first job is created; does nothing if it is marked already. From then on, its
 * definition is immutable; that of a development version is kept when it is replaced. Throws `service-not-found` when the version was deleted meanwhile.
 */
export async function markUsed(
  deps: { readonly services: ServiceStore },
  service: Service,
): Promise<MarkResult> {
  let current = service;
  for (let tries = 0; tries < maxWriteTries; tries += 1) {
    if (!sameDefinition(current.definition, service.definition))
      return { service: current, outcome: 'changed' };
    if (current.used) return { service: current, outcome: 'marked' };
    const marked = { ...current, used: true, revision: current.revision + 1 };
    if ((await deps.services.replace(marked, current.revision)) === 'replaced')
      return { service: marked, outcome: 'marked' };
    const stored = await deps.services.get(service);
    if (stored === undefined) throw await unknownVersion(deps.services, service);
    current = stored;
  }
  throw writeConflictProblem();
}
