import type { Scope } from '../contract/routes/route.ts';

/**
 * Scopes that another scope includes. The events of a job contain less than the job itself, and a key with
 * `jobs:read` can read the history of every job: the events of the tenant are nothing new to it.
 */
const included: { readonly [Including in Scope]?: readonly Scope[] } = { 'jobs:read': ['events:read'] };

/** The scopes of a key with those that they include, in alphabetical order. */
export function effectiveScopes(scopes: readonly Scope[]): readonly Scope[] {
  return [...new Set(scopes.flatMap((scope) => [scope, ...(included[scope] ?? [])]))].sort();
}
