import type { Violation } from '../contract/problems/problem-schema.ts';
import {
  defaultQueue,
  ownedPrefix,
  type ResourceKind,
  resourceOwner,
  resourcePrefix,
} from '../contract/resource-names.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import type { Settings } from '../ports/settings.ts';
import type { Service } from './model/service.ts';

/** The settings that restrict the resources in definitions. */
export type ResourceNameRules = Pick<Settings, 'namePrefix' | 'allowsSharedOverrides'>;

type Dispatcher = ServiceDefinition['dispatcher'];
type Candidate = Pick<Service, 'tenant' | 'definition'>;

/**
 * Returns everything in a definition that its tenant may not run, with pointers from the root of the body;
 * empty if all is allowed. Errand uses these names with its own permissions, so a name outside the rules
 * could be one of Errand's own functions.
 */
export function resourceViolations(
  rules: ResourceNameRules,
  { tenant, definition }: Candidate,
): readonly Violation[] {
  const { dispatcher } = definition;
  if (dispatcher.kind === 'lambda')
    return nameViolations(rules, tenant, { kind: 'functionName', name: dispatcher.functionName });
  const { jobQueue } = dispatcher;
  const jobDefinition = withoutRevision(dispatcher.jobDefinition);
  return [
    ...nameViolations(rules, tenant, { kind: 'jobDefinition', name: jobDefinition }),
    ...(jobQueue === undefined ? [] : nameViolations(rules, tenant, { kind: 'jobQueue', name: jobQueue })),
    ...overrideViolations(rules, dispatcher),
  ];
}

function withoutRevision(jobDefinition: string): string {
  return jobDefinition.replace(/:\d+$/, '');
}

function nameViolations(
  { namePrefix: prefix }: ResourceNameRules,
  tenant: string,
  { kind, name }: { readonly kind: ResourceKind; readonly name: string },
): readonly Violation[] {
  const owner = resourceOwner(prefix, kind, name);
  if (owner.kind === 'shared' || (owner.kind === 'tenant' && owner.tenant === tenant)) return [];
  const requiredPrefix = resourcePrefix(prefix, kind);
  const alternatives =
    kind === 'jobQueue'
      ? `${defaultQueue(prefix)} or begin with ${requiredPrefix}`
      : `begin with ${requiredPrefix}`;
  const detail =
    owner.kind === 'not-errand'
      ? `must ${kind === 'jobQueue' ? 'be ' : ''}${alternatives}, but is ${name}`
      : `must not be ${name}, which only the tenant ${JSON.stringify(owner.tenant)} may use: use a name that begins with ${ownedPrefix(prefix, kind, tenant)}, or a shared name, which has no __ after ${requiredPrefix}`;
  return [{ pointer: `/dispatcher/${kind}`, detail, keyword: 'pattern' }];
}

/**
 * A shared container may have a role and secrets that are meant only for the program that its author chose.
 */
function overrideViolations(
  rules: ResourceNameRules,
  dispatcher: Dispatcher & { kind: 'batch' },
): readonly Violation[] {
  const { command, environment = {} } = dispatcher;
  const jobDefinition = withoutRevision(dispatcher.jobDefinition);
  const isShared = resourceOwner(rules.namePrefix, 'jobDefinition', jobDefinition).kind === 'shared';
  if (rules.allowsSharedOverrides || !isShared) return [];
  const overridden = [
    ...(command === undefined ? [] : ['command']),
    ...(Object.keys(environment).length === 0 ? [] : ['environment']),
  ];
  return overridden.map((member) => ({
    pointer: `/dispatcher/${member}`,
    detail: `must be omitted for the shared job definition ${jobDefinition}: it is allowed only for a tenant's own job definition, whose name begins with ${resourcePrefix(rules.namePrefix, 'jobDefinition')}<tenant>__, unless the stack sets allowSharedOverrides`,
    keyword: 'not',
  }));
}
