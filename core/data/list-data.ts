import { ProblemError } from '../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { DataFilter, DataStore } from '../ports/data/data-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { DataObject } from './model/data-object.ts';

export interface ListDataInput extends DataFilter {
  readonly tenant: string;
  /** Default: `desc`, the newest first. */
  readonly order?: 'asc' | 'desc';
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListDataOutput {
  readonly data: readonly DataObject[];
  readonly nextCursor?: string;
  readonly scanned?: number;
}

/** The end of every position in a list; in a list by names, the name precedes it. */
const positionPattern = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A page of the tenant's data objects, the newest first by default; it is short if more would not fit in a response. Throws
 * `bad-cursor`.
 */
export async function listData(
  deps: { readonly data: Pick<DataStore, 'list'> },
  { cursor, limit, ...query }: ListDataInput,
): Promise<ListDataOutput> {
  const identity = { list: 'data', ...query, order: query.order ?? 'desc' };
  const after = cursor === undefined ? undefined : decodeCursor(identity, cursor);
  if (after !== undefined && !positionPattern.test(after))
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const read = (pageLimit: number) =>
    deps.data.list({ ...query, limit: pageLimit, ...omitUndefined({ after }) });
  let page = await read(limit);
  const fitting = countThatFit(page.data.map(({ name, tags }) => [name, tags]));
  // Only the store knows the position after an object, and pages with so many long names are rare.
  if (fitting < page.data.length) page = await read(fitting);
  return {
    data: page.data,
    ...(page.next === undefined ? {} : { nextCursor: encodeCursor(identity, page.next) }),
    ...omitUndefined({ scanned: page.scanned }),
  };
}
