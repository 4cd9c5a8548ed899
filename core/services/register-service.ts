import { isDevelopmentVersion } from '../contract/names.ts';
import { ProblemError, violationsError } from '../contract/problems/problem-error.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { checkDefinition } from './check-definition.ts';
import type { Service } from './model/service.ts';
import { checkServicePath } from './model/service-path.ts';
import { requirePrecondition, type ServicePrecondition } from './require-precondition.ts';
import { type ResourceNameRules, resourceViolations } from './resource-name-rules.ts';
import { sameDefinition } from './same-definition.ts';
import { maxWriteTries, writeConflictProblem } from './service-problems.ts';

interface Deps {
  readonly services: ServiceStore;
  readonly clock: Clock;
  readonly settings: ResourceNameRules;
}

export interface Registration extends ServiceKey {
  readonly definition: ServiceDefinition;
  readonly meetsPrecondition?: ServicePrecondition;
}

export interface Registered {
  readonly service: Service;
  readonly outcome: 'created' | 'unchanged' | 'replaced';
}

/**
 * Registers a version, or replaces the definition of a version that no job has used or of a development version;
 * a deprecation is kept. An equal definition changes nothing. Throws `invalid-request`, `precondition-failed`, `schema-invalid`, or
 * `version-immutable` for another definition of a used version.
 */
export async function registerService(deps: Deps, input: Registration): Promise<Registered> {
  checkServicePath(input);
  const forbidden = resourceViolations(deps.settings, input);
  let isChecked = false;
  for (let tries = 0; tries < maxWriteTries; tries += 1) {
    const stored = await deps.services.get(input);
    requirePrecondition(input.meetsPrecondition, stored);
    if (stored !== undefined && sameDefinition(stored.definition, input.definition)) {
      // The rules may be newer than the version; its jobs would end as `misconfigured`.
      if (forbidden.length > 0) throw violationsError('schema-invalid', forbidden);
      return { service: stored, outcome: 'unchanged' };
    }
    if (stored?.used === true && !isDevelopmentVersion(stored.version)) throw immutableVersionProblem(stored);
    if (!isChecked) await checkDefinition(input.definition, forbidden);
    isChecked = true;
    const registered = await writeVersion(deps, input, stored);
    if (registered !== undefined) return registered;
  }
  throw writeConflictProblem();
}

/** Writes the version; undefined when another writer was faster. */
async function writeVersion(
  deps: Deps,
  input: Registration,
  stored: Service | undefined,
): Promise<Registered | undefined> {
  const now = deps.clock.now();
  if (stored === undefined) {
    const service = newService(input, now);
    return (await deps.services.insert(service)) === 'inserted' ? { service, outcome: 'created' } : undefined;
  }
  // Jobs may use the definition, and they read it by its digest from now on.
  if (stored.used) await deps.services.keepDefinition(stored);
  const service = { ...stored, definition: input.definition, revision: stored.revision + 1, updatedAt: now };
  const outcome = await deps.services.replace(service, stored.revision);
  return outcome === 'replaced' ? { service, outcome } : undefined;
}

function newService({ tenant, name, version, definition }: Registration, now: number): Service {
  return { tenant, name, version, definition, used: false, revision: now, createdAt: now, updatedAt: now };
}

function immutableVersionProblem({ name, version }: Service): ProblemError {
  return new ProblemError(
    'version-immutable',
    `The definition of version ${version} of ${name} cannot be changed because jobs have used it; register a new version`,
  );
}
