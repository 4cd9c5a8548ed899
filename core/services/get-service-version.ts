import { serviceVersion } from '../contract/names.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { checkServicePath } from './model/service-path.ts';
import { isRange } from './model/version-range.ts';
import { selectVersion } from './select-version.ts';
import { unknownVersion } from './service-problems.ts';

/**
 * Reads one version, or the newest active version in a range, as a submission selects it. Throws
 * `invalid-request`, or `service-not-found` with the newest versions or similar names.
 * @param input `version` is an exact version or a range such as `^1.2`
 */
export async function getServiceVersion(
  deps: { readonly services: ServiceStore },
  input: ServiceKey,
): Promise<Service> {
  const { tenant, name, version } = input;
  if (!serviceVersion.safeParse(version).success && version.length <= 64 && isRange(version)) {
    checkServicePath({ name });
    return selectVersion(deps, { tenant, selector: { name, version } });
  }
  checkServicePath(input);
  const service = await deps.services.get(input);
  if (service === undefined) throw await unknownVersion(deps.services, input);
  return service;
}
