import type { ApiAccess } from '../../bin/api-access.ts';
import { ApiError, callApi } from '../../bin/data/call-api.ts';
import { isDevelopmentVersion, parseServiceSelector, serviceVersion } from '../../core/contract/names.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import { matchVersion } from '../../core/services/match-version.ts';
import { newestFirst } from '../../core/services/model/version-order.ts';
import { isRange } from '../../core/services/model/version-range.ts';
import { inParallel } from '../../core/std/in-parallel.ts';
import { CliError } from '../cli-error.ts';
import type { DescribedService, DescribedVersion } from './types-module.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

interface VersionPage {
  readonly versions: readonly DescribedVersion[];
  readonly nextCursor?: string;
}

/** Services that are read at a time. */
const maxParallel = 4;

/**
 * Reads the services that a module describes: all active versions of all services or, with selectors such as `name` and `name@^2`,
 * the active versions of a name and the version that a range selects. Throws a `CliError` if a selector matches nothing.
 */
export async function readServices(
  api: ApiAccess,
  selectors: readonly string[],
): Promise<readonly DescribedService[]> {
  const parsed = selectors.map(parseSelector);
  const names = selectors.length === 0 ? await readNames(api) : parsed.map(({ name }) => name);
  const found = await inParallel([...new Set(names)].sort(), maxParallel, async (name) => {
    const versions = newestFirst(await readVersions(api, name));
    const ranges = parsed.filter((selector) => selector.name === name);
    return selectVersions(name, versions, ranges);
  });
  return found.filter(({ versions }) => versions.length > 0);
}

interface Selector {
  readonly name: string;
  readonly range: string | undefined;
}

function parseSelector(text: string): Selector {
  const { name, version: range } = parseServiceSelector(text) ?? {};
  if (name === undefined || (range !== undefined && !isRange(range)))
    throw new CliError(
      `--service ${text}: give a name, or a name with a version or a range, such as csv-profile@^2`,
      2,
    );
  return { name, range };
}

/** Without selectors, or with one that has no range, all active versions belong to the service. */
function selectVersions(
  name: string,
  versions: readonly DescribedVersion[],
  selectors: readonly Selector[],
): DescribedService {
  const wantsAll =
    selectors.every(({ range }) => range === undefined) || selectors.some(({ range }) => range === undefined);
  const ranges: Record<string, string> = {};
  for (const { range } of selectors)
    if (range !== undefined) ranges[range] = selectVersion(name, range, versions);
  const selected = new Set(Object.values(ranges));
  const chosen = versions.filter(
    ({ version, status }) => selected.has(version) || (wantsAll && status === 'active'),
  );
  if (selectors.length > 0 && chosen.length === 0)
    throw new CliError(
      `Every version of ${name} is deprecated: name one of them, such as --service ${name}@${versions[0]?.version}`,
    );
  return { name, versions: chosen, ranges };
}

/** As the API does for a submission: an exact version may be deprecated, and a range selects the newest active one. */
function selectVersion(name: string, range: string, versions: readonly DescribedVersion[]): string {
  const isExact = serviceVersion.safeParse(range).success;
  if (isExact && versions.some(({ version }) => version === range)) return range;
  const heads = versions.map(({ version, status }) => ({
    name,
    version,
    ...(status === 'deprecated' && { deprecation: { at: 0, reason: status } }),
  }));
  try {
    return matchVersion({ name, range, versions: heads, isDevelopment: isDevelopmentVersion }).version;
  } catch (error) {
    if (error instanceof ProblemError) throw new CliError(error.message);
    throw error;
  }
}

async function readNames(api: ApiAccess): Promise<readonly string[]> {
  const names: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: Page<{ readonly name: string }> = await read(api, `/v1/services?limit=1000${after(cursor)}`);
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  }
  return names;
}

async function readVersions(api: ApiAccess, name: string): Promise<readonly DescribedVersion[]> {
  const versions: DescribedVersion[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: VersionPage = await read(
      api,
      `/v1/services/${encodeURIComponent(name)}?limit=100${after(cursor)}`,
    );
    versions.push(...page.versions);
    cursor = page.nextCursor;
  }
  return versions;
}

function after(cursor: string): string {
  return cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
}

async function read<Body>(api: ApiAccess, path: string): Promise<Body> {
  try {
    const { body } = await callApi(api, { method: 'GET', path });
    return body as Body; // the API's own representation
  } catch (error) {
    if (error instanceof ApiError) throw new CliError(error.reason);
    throw error;
  }
}
