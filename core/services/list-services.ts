import { pageSize } from '../contract/schemas/list-schemas.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { readServiceCursor, type ServicePosition, writeServiceCursor } from './list-cursor.ts';
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
  /** Absent at the end. A page may be short before the end, and with a tag even empty. */
  readonly nextCursor?: string;
}

interface Read {
  readonly services: readonly Service[];
  readonly nextAfter?: ServicePosition;
}

/** How many services one call reads to find those with a tag. */
const maxRead = 1000;
/** How often one call reads on where the store gave fewer than it was asked for: 4 MB of definitions each time. */
const maxShortReads = 3;

/** One page of a tenant's services; shorter where so many would not fit in an answer. Throws `bad-cursor`. */
export async function listServices(deps: Deps, input: ServiceListInput): Promise<ServiceList> {
  const scope = scopeOf(input);
  const after = input.cursor === undefined ? undefined : readServiceCursor(scope, input.cursor);
  const page = { limit: Math.min(input.limit ?? pageSize.default, pageSize.max), ...(after && { after }) };
  const read = whatFits(await readPage(deps, input, page));
  if (read.nextAfter === undefined) return { services: read.services };
  return { services: read.services, nextCursor: writeServiceCursor(scope, read.nextAfter) };
}

/** A list shows no schemas. */
function whatFits(read: Read): Read {
  const services = read.services.slice(
    0,
    countThatFit(
      read.services.map(({ definition: { parameters: _parameters, result: _result, ...shown } }) => shown),
    ),
  );
  const last = services.at(-1);
  if (last === undefined || services.length === read.services.length) return read;
  return { services, nextAfter: { name: last.name, version: last.version } };
}

interface Page {
  readonly limit: number;
  readonly after?: ServicePosition;
}

async function readPage(deps: Deps, input: ServiceListInput, page: Page): Promise<Read> {
  const found: Service[] = [];
  let after = page.after;
  let shortReads = 0;
  for (let read = 0; read < maxRead && shortReads < maxShortReads; ) {
    // Never more than fit on the page, so that the next page begins where the store stopped.
    const wanted =
      input.tag === undefined
        ? page.limit - found.length
        : Math.min(page.limit - found.length, maxRead - read);
    const { services, nextAfter } = await deps.services.list({
      tenant: input.tenant,
      ...omitUndefined({ name: input.name }),
      limit: wanted,
      ...(after && { after }),
    });
    found.push(...services.filter((service) => hasTag(service, input.tag)));
    if (nextAfter === undefined) return { services: found };
    after = nextAfter;
    // A store's page may be empty before the end, and must not be asked for ever.
    read += Math.max(1, services.length);
    shortReads += services.length < wanted ? 1 : 0;
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
