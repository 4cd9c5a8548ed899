import { ProblemError } from '../contract/problems/problem-error.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { nearestNames } from '../std/nearest-names.ts';

/** A problem for a name that has no version at all, with the names that are most like it. */
export async function unknownName(
  services: ServiceStore,
  tenant: string,
  name: string,
): Promise<ProblemError> {
  const suggestions = nearestNames(name, await services.names(tenant));
  const advice = suggestions.length === 0 ? '' : ` Did you mean ${suggestions.join(', ')}?`;
  return new ProblemError('service-not-found', `There is no service ${name}.${advice}`, {
    suggestions: [...suggestions],
  });
}

/** A problem for a version that does not exist, with the newest versions of that name or, without any, like names. */
export async function unknownVersion(services: ServiceStore, key: ServiceKey): Promise<ProblemError> {
  const versions = await services.versions(key.tenant, key.name);
  if (versions.length === 0) return unknownName(services, key.tenant, key.name);
  const { noSuchVersion } = await import('./no-such-version.ts');
  return noSuchVersion(`Service ${key.name} has no version ${key.version}.`, versions);
}

/** For a write that others kept overtaking; the caller may try again. */
export function tooMuchTraffic(): ProblemError {
  return new ProblemError('unavailable', 'Others keep changing this version; try again');
}

/** How often a write is tried again after another one came first. */
export const maxWriteTries = 5;
