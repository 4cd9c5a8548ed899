import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { checkServicePath } from './model/service-path.ts';
import { unknownVersion } from './service-problems.ts';

/**
 * Reads one version. Throws `invalid-request`, or `service-not-found` with the newest versions or similar
 * names.
 */
export async function getServiceVersion(
  deps: { readonly services: ServiceStore },
  input: ServiceKey,
): Promise<Service> {
  checkServicePath(input);
  const service = await deps.services.get(input);
  if (service === undefined) throw await unknownVersion(deps.services, input);
  return service;
}
