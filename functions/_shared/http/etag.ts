/** What is stored with the number of its writes: a job, or a service version. */
export type Tagged = { readonly version: number } | { readonly revision: number };

/** The strong entity tag of a job or a service version, from the number of its writes. */
export function etagOf(stored: Tagged): string {
  return `"${'revision' in stored ? stored.revision : stored.version}"`;
}
