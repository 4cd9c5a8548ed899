import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import type { Table } from '../table/table.ts';
import type { IdPartition } from './id-partition.ts';
import { type IdSpan, indexedJobIds } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';

const keyPage = { min: 25, max: 1000 } as const;

/** Where ids are read, and how many jobs the page wants. */
export interface PartitionsToRead extends Omit<IdSpan, 'pageSize'> {
  readonly tenant: string;
  readonly partitions: readonly IdPartition[];
  readonly limit: number;
}

/** Reads the jobs of some partitions in the order of their ids: ids from the index, jobs from the table. */
export function readByIndex(
  table: Table,
  { tenant, partitions, limit, ...span }: PartitionsToRead,
): ReadJobBatch {
  const pageSize = keysPerPartition(limit, partitions.length);
  const sources = partitions.map((place) => indexedJobIds(table, place, { ...span, pageSize }));
  const takeIds = keyTaker(mergeInOrder(sources, byBytes(span.order)));
  return async (count) => {
    const { keys, next } = await takeIds(count);
    const jobs = await getJobs(table, { tenant, ids: keys });
    return { jobs, examined: keys.length, ...omitUndefined({ next }) };
  };
}

/** Takes keys from a list, and tells the last of them as the place to go on when there are more behind it. */
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

/** Twice an even share of the page, since partitions are rarely even. */
export function keysPerPartition(limit: number, partitions: number): number {
  return Math.min(Math.max(Math.ceil((2 * (limit + 1)) / partitions), keyPage.min), keyPage.max);
}
