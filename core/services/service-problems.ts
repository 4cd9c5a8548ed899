import { ProblemError } from '../contract/problem-error.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { nearestNames } from './nearest-names.ts';
import type { Service } from './service.ts';
import { newestFirst } from './version-order.ts';

const maxSuggestions = 5;

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
  return noSuchVersion(`Service ${key.name} has no version ${key.version}.`, versions);
}

/** A problem that offers the newest versions there are. */
export function noSuchVersion(detail: string, versions: readonly Service[]): ProblemError {
  const suggestions = newestFirst(versions)
    .slice(0, maxSuggestions)
    .map(({ version }) => version);
  return new ProblemError('service-not-found', detail, { suggestions });
}

/** For a write that others kept overtaking; the caller may try again. */
export function tooMuchTraffic(): ProblemError {
  return new ProblemError('unavailable', 'Others keep changing this version; try again');
}

/** How often a write is tried again after another one came first. */
export const maxWriteTries = 5;
