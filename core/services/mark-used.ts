import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { sameDefinition } from './same-definition.ts';
import { maxWriteTries, tooMuchTraffic, unknownVersion } from './service-problems.ts';

export interface Marked {
  readonly service: Service;
  /** `changed`: the definition is another one by now and nothing was marked; check the parameters again. */
  readonly outcome: 'marked' | 'changed';
}

/**
 * Makes the definition stand before the first job of a version is created; does nothing for a version that is marked
 * already. Throws `service-not-found` when the version was deleted meanwhile.
 */
export async function markUsed(deps: { readonly services: ServiceStore }, service: Service): Promise<Marked> {
  let known = service;
  for (let tries = 0; tries < maxWriteTries; tries += 1) {
    if (!sameDefinition(known.definition, service.definition)) return { service: known, outcome: 'changed' };
    if (known.used) return { service: known, outcome: 'marked' };
    const marked = { ...known, used: true, revision: known.revision + 1 };
    if ((await deps.services.replace(marked, known.revision)) === 'replaced')
      return { service: marked, outcome: 'marked' };
    const stored = await deps.services.get(service);
    if (stored === undefined) throw await unknownVersion(deps.services, service);
    known = stored;
  }
  throw tooMuchTraffic();
}
