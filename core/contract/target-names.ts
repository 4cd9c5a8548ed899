/** Names in a definition by which Errand reaches something that is not its own. */
export type TargetKind = 'functionName' | 'jobDefinition' | 'jobQueue';

const infixes = { functionName: 'service', jobDefinition: 'job', jobQueue: 'queue' } as const;

/** Separates the tenant that alone may use a name from the rest of it. No tenant's name has a `_`. */
const ownerSeparator = '__';

/**
 * What a stack's prefix may not contain: with the prefixes `errand` and `errand-service-x`, the second stack's own
 * functions would have names that the first one may invoke for any tenant.
 */
export const reservedInPrefixes: readonly string[] = Object.values(infixes).map((infix) => `-${infix}`);

/** What every name of that kind begins with, such as `errand-service-`; queues also have the name of `defaultQueue`. */
export function targetPrefix(stackPrefix: string, kind: TargetKind): string {
  return `${stackPrefix}-${infixes[kind]}-`;
}

/** The queue of services that name none, such as `errand-queue`; every tenant may use it. */
export function defaultQueue(stackPrefix: string): string {
  return `${stackPrefix}-${infixes.jobQueue}`;
}

/** How the names begin that belong to a tenant alone, such as `errand-service-acme__`. */
export function ownedPrefix(stackPrefix: string, kind: TargetKind, tenant: string): string {
  return `${targetPrefix(stackPrefix, kind)}${tenant}${ownerSeparator}`;
}

/** Whose a name is: a tenant's, that of all tenants, or none that Errand may use. */
export type TargetOwner =
  | { readonly kind: 'tenant'; readonly tenant: string }
  | { readonly kind: 'shared' }
  | { readonly kind: 'outside' };

/** Reads whose a name is. What stands between the prefix and the first `__` is the tenant, even if it is nobody's name. */
export function targetOwner(stackPrefix: string, kind: TargetKind, name: string): TargetOwner {
  if (kind === 'jobQueue' && name === defaultQueue(stackPrefix)) return { kind: 'shared' };
  const prefix = targetPrefix(stackPrefix, kind);
  if (!name.startsWith(prefix) || name.length === prefix.length) return { kind: 'outside' };
  const end = name.indexOf(ownerSeparator, prefix.length);
  return end < 0 ? { kind: 'shared' } : { kind: 'tenant', tenant: name.slice(prefix.length, end) };
}
