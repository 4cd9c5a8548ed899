import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { ReadBatch } from './fill-page.ts';
import type { IdPartition } from './id-partition.ts';
import { indexedJobIds } from './indexed-job-ids.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';
import type { ListSpan, Records } from './records.ts';

const keyPage = { min: 25, max: 1000 } as const;

/**
 * Reads the records of several partitions in the order of their IDs: IDs from there, records from the table.
 * `limit` is the number of records on the page.
 */
export function readByPartitions<Value>(
  { table, getMany }: Records<Value>,
  partitions: readonly IdPartition[],
  { limit, ...span }: ListSpan & { readonly limit: number },
): ReadBatch<Value> {
  const pageSize = keysPerPartition(limit, partitions.length);
  const sources = partitions.map((partition) => indexedJobIds(table, partition, { ...span, pageSize }));
  const takeIds = keyTaker(mergeInOrder(sources, byBytes(span.order)));
  const consistent = partitions.every((partition) => partition.consistent === true);
  return async (count) => {
    const { keys: ids, next } = await takeIds(count);
    const values = await getMany(ids, consistent);
    return { values, examined: ids.length, ...omitUndefined({ next }) };
  };
}

/** Takes keys from a list. `next` is the last taken key if the list has more keys after it. */
export function keyTaker(keys: AsyncIterator<string, void>) {
  let ahead: IteratorResult<string, void> | undefined;
  return async (
    count: number,
  ): Promise<{ readonly keys: readonly string[]; readonly next?: string | undefined }> => {
    ahead ??= await keys.next();
    const taken: string[] = [];
    while (taken.length < count && ahead.done !== true) {
      taken.push(ahead.value);
      ahead = await keys.next();
    }
    return { keys: taken, next: ahead.done === true ? undefined : taken.at(-1) };
  };
}

/** Returns twice an even share of the page, because partitions are rarely even. */
export function keysPerPartition(limit: number, partitions: number): number {
  return Math.min(Math.max(Math.ceil((2 * (limit + 1)) / partitions), keyPage.min), keyPage.max);
}
