import compare from 'semver/functions/compare.js';

/** By the order of semantic versions, newest first. */
export function newestFirst<Versioned extends { readonly version: string }>(
  versions: readonly Versioned[],
): readonly Versioned[] {
  return [...versions].sort((left, right) => compare(right.version, left.version));
}

/** Whether one version is older than another, by the order of semantic versions. */
export function isOlder(version: string, than: string): boolean {
  return compare(version, than) < 0;
}
