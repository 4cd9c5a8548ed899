import { pageSize } from '../contract/schemas/list-schemas.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { decodeServiceCursor, encodeServiceCursor, type ServicePosition } from './list-cursor.ts';
import type { Service } from './model/service.ts';

interface Deps {
  readonly services: ServiceStore;
}

export interface ServiceListInput {
  readonly tenant: string;
  /** Exact name. */
  readonly name?: string;
  readonly tag?: string;
  /** Default 50; more than 1,000 counts as 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface ServiceList {
  /** By name, then by the text of the version. */
  readonly services: readonly Service[];
  /**
   * Absent on the last page. A page before it may have fewer than `limit` services, and with a tag even none.
   */
  readonly nextCursor?: string;
}

interface ReadResult {
  readonly services: readonly Service[];
  readonly nextAfter?: ServicePosition;
}

/** The maximum number of services that one call reads to find those with a tag. */
const maxServicesRead = 1000;
/**
 * How often one call continues after the store returned fewer services than requested: 4 MB of definitions
 * each time.
 */
const maxShortReads = 3;

/**
 * Reads one page of a tenant's services; it has fewer than `limit` services if more would exceed the size of
 * a response. Throws `bad-cursor`.
 */
export async function listServices(deps: Deps, input: ServiceListInput): Promise<ServiceList> {
  const scope = scopeOf(input);
  const after = input.cursor === undefined ? undefined : decodeServiceCursor(scope, input.cursor);
  const page = { limit: Math.min(input.limit ?? pageSize.default, pageSize.max), ...(after && { after }) };
  const { services, nextAfter } = trimToPage(await readPage(deps, input, page));
  if (nextAfter === undefined) return { services };
  return { services, nextCursor: encodeServiceCursor(scope, nextAfter) };
}

/**
 * Trims the services to what fits in a response. Schemas do not count, because a list does not contain them.
 */
function trimToPage(result: ReadResult): ReadResult {
  const services = result.services.slice(
    0,
    countThatFit(
      result.services.map(({ definition: { parameters: _parameters, result: _result, ...shown } }) => shown),
    ),
  );
  const last = services.at(-1);
  if (last === undefined || services.length === result.services.length) return result;
  return { services, nextAfter: { name: last.name, version: last.version } };
}

interface Page {
  readonly limit: number;
  readonly after?: ServicePosition;
}

async function readPage(deps: Deps, input: ServiceListInput, page: Page): Promise<ReadResult> {
  const found: Service[] = [];
  let after = page.after;
  let shortReads = 0;
  for (let read = 0; read < maxServicesRead && shortReads < maxShortReads; ) {
    // Never more than fit on the page, so that the next page starts where the store stopped.
    const count =
      input.tag === undefined
        ? page.limit - found.length
        : Math.min(page.limit - found.length, maxServicesRead - read);
    const { services, nextAfter } = await deps.services.list({
      tenant: input.tenant,
      ...omitUndefined({ name: input.name }),
      limit: count,
      ...(after && { after }),
    });
    found.push(...services.filter((service) => hasTag(service, input.tag)));
    if (nextAfter === undefined) return { services: found };
    after = nextAfter;
    // A page of the store may be empty before the end, so count at least 1 to bound the loop.
    read += Math.max(1, services.length);
    shortReads += services.length < count ? 1 : 0;
    if (found.length >= page.limit) break;
  }
  return after === undefined ? { services: found } : { services: found, nextAfter: after };
}

function scopeOf({ tenant, name, tag }: ServiceListInput) {
  return { tenant, ...(name !== undefined && { name }), ...(tag !== undefined && { tag }) };
}

function hasTag({ definition }: Service, tag: string | undefined): boolean {
  return tag === undefined || (definition.tags ?? []).includes(tag);
}
