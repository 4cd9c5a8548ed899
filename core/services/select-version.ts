import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import {
  parseServiceSelector,
  type ServiceSelector,
  serviceName,
  serviceVersion,
} from '../contract/names.ts';
import { faultsError, ProblemError } from '../contract/problem-error.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from './service.ts';
import { noSuchVersion, unknownName, unknownVersion } from './service-problems.ts';
import { newestFirst } from './version-order.ts';

interface Deps {
  readonly services: ServiceStore;
}

/** What a submission holds as `service`: text, or an object as it stands in the body. */
export type SelectorInput = string | { readonly name: string; readonly version?: string | undefined };

/**
 * Finds the version that a caller means. An exact version costs one `get`, and may be deprecated. A semver range
 * chooses the newest active match, a prerelease only when the range names one of the same version. Without a version
 * the only active one is chosen. Throws `invalid-request`, `service-not-found` or `ambiguous-version`.
 */
export async function selectVersion(
  deps: Deps,
  input: { readonly tenant: string; readonly selector: SelectorInput },
): Promise<Service> {
  const { tenant } = input;
  const { name, version } = readSelector(input.selector);
  if (version !== undefined && serviceVersion.safeParse(version).success) {
    const service = await deps.services.get({ tenant, name, version });
    if (service === undefined) throw await unknownVersion(deps.services, { tenant, name, version });
    return service;
  }
  const versions = newestFirst(await deps.services.versions(tenant, name));
  if (versions.length === 0) throw await unknownName(deps.services, tenant, name);
  return version === undefined ? onlyActive(name, versions) : newestMatch({ name, range: version, versions });
}

function readSelector(selector: SelectorInput): ServiceSelector {
  const isText = typeof selector === 'string';
  const parsed = isText ? parseText(selector) : selector;
  if (parsed === undefined || !serviceName.safeParse(parsed.name).success) {
    const detail = 'must be a name, name@range, a URN or an address of a service';
    throw selectorFault(isText ? '/service' : '/service/name', isText ? detail : 'must be a service name');
  }
  const { name, version } = parsed;
  if (version === undefined) return { name };
  if (validRange(version) === null) {
    const detail = `must be a semantic version or a range of them, such as ^1.2: ${version}`;
    throw selectorFault(isText ? '/service' : '/service/version', detail);
  }
  return { name, version };
}

function parseText(text: string): ServiceSelector | undefined {
  try {
    return parseServiceSelector(text);
  } catch (error) {
    // A URL with broken percent-encoding.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function selectorFault(pointer: string, detail: string): ProblemError {
  return faultsError('invalid-request', [{ pointer, detail, keyword: 'service' }]);
}

function onlyActive(name: string, versions: readonly Service[]): Service {
  const [only, ...others] = versions.filter(({ deprecation }) => deprecation === undefined);
  if (only === undefined) {
    throw noSuchVersion(
      `Every version of ${name} is deprecated; name one exactly to use it all the same`,
      versions,
    );
  }
  if (others.length === 0) return only;
  const list = [only, ...others].map(({ version }) => version);
  throw new ProblemError(
    'ambiguous-version',
    `Service ${name} has several active versions; name one or a range`,
    {
      versions: list,
    },
  );
}

function newestMatch(input: {
  readonly name: string;
  readonly range: string;
  /** Newest first. */
  readonly versions: readonly Service[];
}): Service {
  const matching = input.versions.filter(({ version }) => satisfies(version, input.range));
  const found = matching.find(({ deprecation }) => deprecation === undefined);
  if (found !== undefined) return found;
  const why =
    matching.length === 0
      ? `No version of ${input.name} is in the range ${input.range}`
      : `Every version of ${input.name} in the range ${input.range} is deprecated; name one exactly to use it all the same`;
  throw noSuchVersion(why, input.versions);
}
