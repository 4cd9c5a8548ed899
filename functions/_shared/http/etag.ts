/** A stored job or service version, with the number of its writes. */
export type Versioned = { readonly version: number } | { readonly revision: number };

/** The strong entity tag of a job or a service version, derived from the number of its writes. */
export function etagOf(stored: Versioned): string {
  return `"${'revision' in stored ? stored.revision : stored.version}"`;
}
