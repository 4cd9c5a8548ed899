import type Comparator from 'semver/classes/comparator.js';
import Range from 'semver/classes/range.js';
import validRange from 'semver/ranges/valid.js';
import { compareVersions } from './version-order.ts';

/** Returns true for a semver range, including an exact version. */
export function isRange(text: string): boolean {
  return validRange(text) !== null;
}

/**
 * Returns a test for the versions that a semver range includes. The package `semver` only parses the range:
 * it compares numeric identifiers as doubles, so different identifiers of 2^53 and more would be equal.
 */
export function inRange(range: string): (version: string) => boolean {
  const { set: alternatives } = new Range(range);
  return (version) => alternatives.some((comparators) => meetsAll(version, comparators));
}

/** A prerelease is included only if a bound is a prerelease of the same version. */
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

/** Returns `1.2.3` for `1.2.3-rc.1`. */
function releaseOf(version: string): string {
  return version.split('-', 1).join('');
}
