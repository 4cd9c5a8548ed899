import { isDevelopmentVersion } from '../contract/names.ts';
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
}): VersionHead {
  const versions = newestFirst(input.versions);
  return input.range === undefined
    ? onlyActiveVersion(input.name, versions)
    : newestMatch({ name: input.name, range: input.range, versions });
}

function onlyActiveVersion(name: string, versions: readonly VersionHead[]): VersionHead {
  const active = versions.filter(({ deprecation }) => deprecation === undefined);
  const stable = active.filter(({ version }) => !isDevelopmentVersion(version));
  const [first, ...others] = stable.length > 0 ? stable : active;
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

function newestMatch(input: {
  readonly name: string;
  readonly range: string;
  /** Newest first. */
  readonly versions: readonly VersionHead[];
}): VersionHead {
  const includes = inRange(input.range);
  const included = input.versions.filter(({ version }) => includes(version));
  const matching = included.filter(({ version }) => !isDevelopmentVersion(version));
  const found = matching.find(({ deprecation }) => deprecation === undefined);
  if (found !== undefined) return found;
  throw noSuchVersion(whyNoMatch(input, { included, matching }), input.versions);
}

function whyNoMatch(
  { name, range }: { readonly name: string; readonly range: string },
  { included, matching }: Readonly<Record<'included' | 'matching', readonly VersionHead[]>>,
): string {
  if (matching.length > 0)
    return `Every version of ${name} in the range ${range} is deprecated; to use one of them, give its exact version`;
  if (included.length > 0)
    return `Only development versions of ${name} are in the range ${range}; to use one of them, give its exact version`;
  return `No version of ${name} is in the range ${range}`;
}
