/**
 * A stored job with its version, or a stored service version with its revision. Both grow with every write.
 */
export type Versioned = { readonly version: number } | { readonly revision: number };

/** The strong entity tag of a job or a service version, derived from its version or revision. */
export function etagOf(stored: Versioned): string {
  return `"${'revision' in stored ? stored.revision : stored.version}"`;
}
