/** Members of a service definition that name a resource outside Errand's own stack. */
export type ResourceKind = 'functionName' | 'jobDefinition' | 'jobQueue';

const infixes = { functionName: 'service', jobDefinition: 'job', jobQueue: 'queue' } as const;

/** Separates the owning tenant from the rest of a name. Tenant names contain no `_`. */
const ownerSeparator = '__';

/**
 * Substrings that a stack's prefix must not contain: with the prefixes `errand` and `errand-service-x`, the
 * first stack could invoke the second stack's own functions for any tenant.
 */
export const reservedInPrefixes: readonly string[] = Object.values(infixes).map((infix) => `-${infix}`);

/**
 * Prefix of all names of that kind, such as `errand-service-`; a queue may also have the name `defaultQueue`.
 */
export function resourcePrefix(stackPrefix: string, kind: ResourceKind): string {
  return `${stackPrefix}-${infixes[kind]}-`;
}

/** Name of the queue of services that specify none, such as `errand-queue`; every tenant may use it. */
export function defaultQueue(stackPrefix: string): string {
  return `${stackPrefix}-${infixes.jobQueue}`;
}

/** Prefix of the names that only one tenant may use, such as `errand-service-acme__`. */
export function ownedPrefix(stackPrefix: string, kind: ResourceKind, tenant: string): string {
  return `${resourcePrefix(stackPrefix, kind)}${tenant}${ownerSeparator}`;
}

/**
 * Who may use a name: one tenant, all tenants (`shared`), or nobody, because it is not one of Errand's names
 * (`not-errand`).
 */
export type ResourceOwner =
  | { readonly kind: 'tenant'; readonly tenant: string }
  | { readonly kind: 'shared' }
  | { readonly kind: 'not-errand' };

/**
 * Determines who may use a name. The text between the prefix and the first `__` is the tenant, even if no
 * such tenant exists.
 */
export function resourceOwner(stackPrefix: string, kind: ResourceKind, name: string): ResourceOwner {
  if (kind === 'jobQueue' && name === defaultQueue(stackPrefix)) return { kind: 'shared' };
  const prefix = resourcePrefix(stackPrefix, kind);
  if (!name.startsWith(prefix) || name.length === prefix.length) return { kind: 'not-errand' };
  const end = name.indexOf(ownerSeparator, prefix.length);
  return end < 0 ? { kind: 'shared' } : { kind: 'tenant', tenant: name.slice(prefix.length, end) };
}
