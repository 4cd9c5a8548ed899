import { ProblemError } from '../contract/problems/problem-error.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { nearestNames } from '../std/nearest-names.ts';

/** Creates a `service-not-found` problem for a name without any version, with the most similar names. */
export async function unknownName(
  services: ServiceStore,
  tenant: string,
  name: string,
): Promise<ProblemError> {
  const suggestions = nearestNames(name, await services.names(tenant));
  const suggestion = suggestions.length === 0 ? '' : ` Did you mean ${suggestions.join(', ')}?`;
  return new ProblemError('service-not-found', `Service ${name} does not exist.${suggestion}`, {
    suggestions: [...suggestions],
  });
}

/**
 * Creates a `service-not-found` problem for a version that does not exist, with the newest versions of the
 * service, or with similar names if it has none.
 */
export async function unknownVersion(services: ServiceStore, key: ServiceKey): Promise<ProblemError> {
  const versions = await services.versions(key.tenant, key.name);
  if (versions.length === 0) return unknownName(services, key.tenant, key.name);
  const { noSuchVersion } = await import('./no-such-version.ts');
  return noSuchVersion(`Service ${key.name} has no version ${key.version}.`, versions);
}

/** Creates the problem for a write that kept conflicting with other writes; the caller may retry. */
export function writeConflictProblem(): ProblemError {
  return new ProblemError('unavailable', 'Other requests keep changing this version; try again');
}

/** How often a write is attempted when other writes conflict with it. */
export const maxWriteTries = 5;
