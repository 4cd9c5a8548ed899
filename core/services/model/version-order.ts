/** Sorts by the order of semantic versions, newest first. */
export function newestFirst<Versioned extends { readonly version: string }>(
  versions: readonly Versioned[],
): readonly Versioned[] {
  return [...versions].sort((left, right) => compareVersions(right.version, left.version));
}

/** Returns whether a version is older than another in the order of semantic versions. */
export function isOlder(version: string, than: string): boolean {
  return compareVersions(version, than) < 0;
}

/**
 * Compares two semantic versions without build metadata: negative when the first is older, 0 only when both
 * are the same text. Numeric identifiers may have any number of digits (https://semver.org/#spec-item-11).
 */
export function compareVersions(left: string, right: string): number {
  const a = partsOf(left);
  const b = partsOf(right);
  const difference = compareLists(a.numbers, b.numbers);
  if (difference !== 0) return difference;
  if (a.prerelease === undefined || b.prerelease === undefined) {
    // A version without a prerelease is newer than all of its prereleases.
    return Number(a.prerelease === undefined) - Number(b.prerelease === undefined);
  }
  return compareLists(a.prerelease, b.prerelease);
}

interface VersionParts {
  /** Major, minor and patch. */
  readonly numbers: readonly string[];
  readonly prerelease: readonly string[] | undefined;
}

function partsOf(version: string): VersionParts {
  const hyphen = version.indexOf('-');
  return hyphen === -1
    ? { numbers: version.split('.'), prerelease: undefined }
    : { numbers: version.slice(0, hyphen).split('.'), prerelease: version.slice(hyphen + 1).split('.') };
}

/**
 * Compares the first identifiers that differ; if one list is a prefix of the other, the longer list is newer.
 */
function compareLists(left: readonly string[], right: readonly string[]): number {
  for (const [index, identifier] of left.entries()) {
    const counterpart = right[index];
    if (counterpart === undefined) return 1;
    const difference = compareIdentifiers(identifier, counterpart);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const digitsOnly = /^\d+$/;

/** Numbers precede text. Numbers have no leading zeros, so the longer of two numbers is the larger. */
function compareIdentifiers(left: string, right: string): number {
  const isNumber = digitsOnly.test(left);
  const otherIsNumber = digitsOnly.test(right);
  if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
  if (isNumber && left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
