import { serviceVersion } from '../contract/names.ts';
import { ProblemError } from '../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import { inParallel } from '../std/in-parallel.ts';
import type { Service } from './model/service.ts';
import { checkServicePath } from './model/service-path.ts';
import { isOlder, newestFirst } from './model/version-order.ts';
import { unknownName } from './service-problems.ts';

interface Deps {
  readonly services: ServiceStore;
}

export interface GetServiceInput {
  readonly tenant: string;
  readonly name: string;
  /** 1..1000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ServiceWithVersions {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly Service[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** The number of versions to read at a time: as many as fit on a page when each has the maximum size. */
const maxParallelReads = 20;

/**
 * Reads a page of the versions of a service; it has fewer than `limit` versions if more would exceed the size
 * of a response. Throws `invalid-request`, `bad-cursor`, or `service-not-found` with similar names.
 */
export async function getService(
  deps: Deps,
  { tenant, name, limit, cursor }: GetServiceInput,
): Promise<ServiceWithVersions> {
  checkServicePath({ name });
  const list = { list: 'versions', tenant, name };
  const after = cursor === undefined ? undefined : parsePosition(list, cursor);
  const all = await deps.services.versions(tenant, name);
  if (all.length === 0) throw await unknownName(deps.services, tenant, name);
  const rest = newestFirst(all).filter(({ version }) => after === undefined || isOlder(version, after));
  const keys = rest.slice(0, limit).map(({ version }) => ({ tenant, name, version }));
  const { versions, last } = await readPageOfVersions(deps, keys);
  if (last === undefined || last === rest.at(-1)?.version) return { name, versions };
  return { name, versions, nextCursor: encodeCursor(list, last) };
}

function parsePosition(list: Parameters<typeof decodeCursor>[0], cursor: string): string {
  const version = decodeCursor(list, cursor);
  if (serviceVersion.safeParse(version).success) return version;
  throw new ProblemError('bad-cursor', 'The cursor is damaged; start again without it');
}

/**
 * Reads as many versions as fit on a page; `last` is the last one. A version that was deleted meanwhile is
 * skipped.
 */
async function readPageOfVersions(
  { services }: Deps,
  keys: readonly ServiceKey[],
): Promise<{ readonly versions: readonly Service[]; readonly last: string | undefined }> {
  const versions: Service[] = [];
  for (let offset = 0; offset < keys.length; offset += maxParallelReads) {
    const found = await inParallel(keys.slice(offset, offset + maxParallelReads), maxParallelReads, (key) =>
      services.get(key),
    );
    versions.push(...found.filter((version) => version !== undefined));
    const fitting = countThatFit(versions.map(({ definition }) => definition));
    if (fitting < versions.length) {
      return { versions: versions.slice(0, fitting), last: versions[fitting - 1]?.version };
    }
  }
  return { versions, last: keys.at(-1)?.version };
}
