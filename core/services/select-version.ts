import {
  isDevelopmentVersion,
  parseServiceSelector,
  type ServiceSelector,
  serviceName,
  serviceVersion,
} from '../contract/names.ts';
import { type ProblemError, violationsError } from '../contract/problems/problem-error.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';
import { unknownName, unknownVersion } from './service-problems.ts';

interface Deps {
  readonly services: ServiceStore;
}

/** The `service` member of a submission: text, or an object. */
export type SelectorInput = string | { readonly name: string; readonly version?: string | undefined };

/**
 * Selects the version that a caller requests. An exact version costs one `get` and may be deprecated. A
 * semver range selects the newest active match for one more read; a prerelease only if the range contains a
 * prerelease of the same version, and never a development version. Without a version, the only active one is
 * selected; development versions count only if no other version is active. Throws
 * `invalid-request`, `service-not-found` or `ambiguous-version`.
 */
export async function selectVersion(
  deps: Deps,
  input: { readonly tenant: string; readonly selector: SelectorInput },
): Promise<Service> {
  const { tenant } = input;
  const { name, version } = parseSelector(input.selector);
  if (version !== undefined && serviceVersion.safeParse(version).success) {
    const service = await deps.services.get({ tenant, name, version });
    if (service === undefined) throw await unknownVersion(deps.services, { tenant, name, version });
    return service;
  }
  // Most submissions name an exact version, so the code for ranges is loaded only on demand.
  const { isRange } = await import('./model/version-range.ts');
  if (version !== undefined && !isRange(version)) {
    const detail = `must be a semantic version or a range such as ^1.2, not ${version}`;
    throw selectorViolation(typeof input.selector === 'string' ? '/service' : '/service/version', detail);
  }
  const { matchVersion } = await import('./match-version.ts');
  const versions = await deps.services.versions(tenant, name);
  if (versions.length === 0) throw await unknownName(deps.services, tenant, name);
  const chosen = matchVersion({ name, range: version, versions, isDevelopment: isDevelopmentVersion });
  const service = await deps.services.get({ tenant, name, version: chosen.version });
  // The version was deleted meanwhile.
  if (service === undefined) throw await unknownVersion(deps.services, { tenant, ...chosen });
  return service;
}

function parseSelector(selector: SelectorInput): ServiceSelector {
  const isText = typeof selector === 'string';
  const parsed = isText ? parseServiceSelector(selector) : selector;
  if (parsed === undefined || !serviceName.safeParse(parsed.name).success) {
    const detail = 'must be the name of a service, name@version, name@range, or the URN or URL of a service';
    throw selectorViolation(
      isText ? '/service' : '/service/name',
      isText ? detail : 'must be a service name',
    );
  }
  const { name, version } = parsed;
  return version === undefined ? { name } : { name, version };
}

function selectorViolation(pointer: string, detail: string): ProblemError {
  return violationsError('invalid-request', [{ pointer, detail, keyword: 'service' }]);
}
