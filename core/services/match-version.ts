import { ProblemError } from '../contract/problems/problem-error.ts';
import type { VersionHead } from '../ports/service-store.ts';
import { newestFirst } from './model/version-order.ts';
import { inRange } from './model/version-range.ts';
import { noSuchVersion } from './no-such-version.ts';

/** A service may have more versions than a problem should list. */
const maxListed = 100;

/**
 * Selects the newest active version in a range, or the only active version when no range is given. A range never selects
 * a development version, and a name alone selects one only if no other version is active. Throws
 * `service-not-found` or `ambiguous-version`.
 */
export function matchVersion(input: {
  readonly name: string;
  readonly range: string | undefined;
  /** Not empty. */
  readonly versions: readonly VersionHead[];
  /** Returns whether a version is a development version. */
  readonly isDevelopment: (version: string) => boolean;
}): VersionHead {
  const { name, range, isDevelopment } = input;
  const versions = newestFirst(input.versions);
  const stable = versions.filter(({ version }) => !isDevelopment(version));
  return range === undefined
    ? onlyActiveVersion(name, { versions, stable })
    : newestMatch({ name, range, versions, stable });
}

/** Newest first. */
interface Candidates {
  readonly versions: readonly VersionHead[];
  /** The versions without the development versions. */
  readonly stable: readonly VersionHead[];
}

function onlyActiveVersion(name: string, { versions, stable }: Candidates): VersionHead {
  const activeStable = stable.filter(isActive);
  const [first, ...others] = activeStable.length > 0 ? activeStable : versions.filter(isActive);
  if (first === undefined) {
    throw noSuchVersion(
      `Every version of ${name} is deprecated; to use one of them, give its exact version`,
      versions,
    );
  }
  if (others.length === 0) return first;
  const newest = [first, ...others].slice(0, maxListed).map(({ version }) => version);
  const detail = `Service ${name} has several active versions; give a version or a range`;
  throw new ProblemError('ambiguous-version', detail, { versions: newest });
}

function newestMatch(input: Candidates & { readonly name: string; readonly range: string }): VersionHead {
  const includes = inRange(input.range);
  const inThisRange = ({ version }: VersionHead) => includes(version);
  const matching = input.stable.filter(inThisRange);
  const found = matching.find(isActive);
  if (found !== undefined) return found;
  const canBeNamed = matching.length > 0 ? matching : input.versions.filter(inThisRange);
  throw noSuchVersion(whyNoMatch(input, canBeNamed), input.versions);
}

/** `included` are the versions in the range, of which the range selects none: all are deprecated, or for development. */
function whyNoMatch(
  { name, range, stable }: Candidates & { readonly name: string; readonly range: string },
  included: readonly VersionHead[],
): string {
  const [first] = included;
  if (first === undefined) return `No version of ${name} is in the range ${range}`;
  const exactly = 'to use one of them, give its exact version';
  return stable.includes(first)
    ? `Every version of ${name} in the range ${range} is deprecated; ${exactly}`
    : `Only development versions of ${name} are in the range ${range}; ${exactly}`;
}

function isActive({ deprecation }: VersionHead): boolean {
  return deprecation === undefined;
}
