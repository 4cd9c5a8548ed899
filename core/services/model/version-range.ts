import type Comparator from 'semver/classes/comparator.js';
import Range from 'semver/classes/range.js';
import validRange from 'semver/ranges/valid.js';
import { compareVersions } from './version-order.ts';

/** True for a semver range, of which an exact version is one. */
export function isRange(text: string): boolean {
  return validRange(text) !== null;
}

/**
 * A test for versions that a semver range includes. The package reads the range but does not compare: it takes numeric
 * identifiers for doubles, which makes different versions of 2^53 and more equal.
 */
export function inRange(range: string): (version: string) => boolean {
  const { set: alternatives } = new Range(range);
  return (version) => alternatives.some((comparators) => meetsAll(version, comparators));
}

/** A prerelease is included only where a bound names a prerelease of the same version. */
function meetsAll(version: string, comparators: readonly Comparator[]): boolean {
  const bounds = comparators.filter(({ value }) => value !== '');
  if (!bounds.every((bound) => meets(version, bound))) return false;
  const release = releaseOf(version);
  if (release === version) return true;
  return bounds.some(
    (bound) => bound.semver.prerelease.length > 0 && releaseOf(bound.semver.version) === release,
  );
}

function meets(version: string, { operator, semver }: Comparator): boolean {
  const difference = compareVersions(version, semver.version);
  switch (operator) {
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    default:
      return difference === 0;
  }
}

/** `1.2.3` of `1.2.3-rc.1`. */
function releaseOf(version: string): string {
  return version.split('-', 1).join('');
}
