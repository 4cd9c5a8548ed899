import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from './service.ts';
import { checkServicePath } from './service-path.ts';
import { unknownName } from './service-problems.ts';
import { newestFirst } from './version-order.ts';

export interface ServiceWithVersions {
  readonly name: string;
  /** Newest first; never empty. */
  readonly versions: readonly Service[];
}

/** All versions of a name. Throws `invalid-request`, or `service-not-found` with names that are like it. */
export async function getService(
  deps: { readonly services: ServiceStore },
  input: { readonly tenant: string; readonly name: string },
): Promise<ServiceWithVersions> {
  checkServicePath({ name: input.name });
  const versions = await deps.services.versions(input.tenant, input.name);
  if (versions.length === 0) throw await unknownName(deps.services, input.tenant, input.name);
  return { name: input.name, versions: newestFirst(versions) };
}
