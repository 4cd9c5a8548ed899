import type { Fault } from '../contract/problems/problem-schema.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import {
  defaultQueue,
  ownedPrefix,
  type TargetKind,
  targetOwner,
  targetPrefix,
} from '../contract/target-names.ts';
import type { Service } from './model/service.ts';

/** Settings of a stack that decide what definitions may name. */
export interface TargetRules {
  /** Begins every name that a definition may have, such as `errand`. */
  readonly prefix: string;
  /** Whether a tenant may replace command and environment of a job definition that it shares with others. */
  readonly allowsSharedOverrides: boolean;
}

type Dispatcher = ServiceDefinition['dispatcher'];
type Candidate = Pick<Service, 'tenant' | 'definition'>;

/**
 * Everything in a definition that its tenant may not run, with pointers from the body's root; empty when all is allowed.
 * Errand reaches these names with its own rights, so a name outside the rules could be a function of Errand's own.
 */
export function targetFaults(rules: TargetRules, { tenant, definition }: Candidate): readonly Fault[] {
  const { dispatcher } = definition;
  if (dispatcher.kind === 'lambda')
    return nameFaults(rules, tenant, { kind: 'functionName', name: dispatcher.functionName });
  const { jobQueue } = dispatcher;
  const jobDefinition = withoutRevision(dispatcher.jobDefinition);
  return [
    ...nameFaults(rules, tenant, { kind: 'jobDefinition', name: jobDefinition }),
    ...(jobQueue === undefined ? [] : nameFaults(rules, tenant, { kind: 'jobQueue', name: jobQueue })),
    ...overrideFaults(rules, dispatcher),
  ];
}

function withoutRevision(jobDefinition: string): string {
  return jobDefinition.replace(/:\d+$/, '');
}

function nameFaults(
  { prefix }: TargetRules,
  tenant: string,
  { kind, name }: { readonly kind: TargetKind; readonly name: string },
): readonly Fault[] {
  const owner = targetOwner(prefix, kind, name);
  if (owner.kind === 'shared' || (owner.kind === 'tenant' && owner.tenant === tenant)) return [];
  const begin = targetPrefix(prefix, kind);
  const forms =
    kind === 'jobQueue' ? `${defaultQueue(prefix)} or begin with ${begin}` : `begin with ${begin}`;
  const detail =
    owner.kind === 'outside'
      ? `must ${kind === 'jobQueue' ? 'be ' : ''}${forms}, not be ${name}`
      : `must not be ${name}, which only the tenant ${JSON.stringify(owner.tenant)} may use: use a name that begins with ${ownedPrefix(prefix, kind, tenant)}, or a shared one, without __ after ${begin}`;
  return [{ pointer: `/dispatcher/${kind}`, detail, keyword: 'pattern' }];
}

/** A shared container may hold a role and secrets for what its author has it do, and for nothing else. */
function overrideFaults(rules: TargetRules, dispatcher: Dispatcher & { kind: 'batch' }): readonly Fault[] {
  const { command, environment = {} } = dispatcher;
  const jobDefinition = withoutRevision(dispatcher.jobDefinition);
  const isShared = targetOwner(rules.prefix, 'jobDefinition', jobDefinition).kind === 'shared';
  if (rules.allowsSharedOverrides || !isShared) return [];
  const overridden = [
    ...(command === undefined ? [] : ['command']),
    ...(Object.keys(environment).length === 0 ? [] : ['environment']),
  ];
  return overridden.map((member) => ({
    pointer: `/dispatcher/${member}`,
    detail: `must be left out for the shared job definition ${jobDefinition}: only a tenant's own, whose name begins with ${targetPrefix(rules.prefix, 'jobDefinition')}<tenant>__, takes it, unless the stack sets allowSharedOverrides`,
    keyword: 'not',
  }));
}
