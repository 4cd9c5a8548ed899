import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import type { Table } from '../table/table.ts';
import type { IdPartition } from './id-partition.ts';
import { type IdSpan, indexedJobIds } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';

const keyPage = { min: 25, max: 1000 } as const;

/** The partitions to read IDs from, and the number of jobs on the page. */
export interface PartitionsToRead extends Omit<IdSpan, 'pageSize'> {
  readonly tenant: string;
  readonly partitions: readonly IdPartition[];
  readonly limit: number;
}

/**
 * Reads the jobs of several partitions in the order of their IDs: IDs from the index, jobs from the table.
 */
export function readByIndex(
  table: Table,
  { tenant, partitions, limit, ...span }: PartitionsToRead,
): ReadJobBatch {
  const pageSize = keysPerPartition(limit, partitions.length);
  const sources = partitions.map((partition) => indexedJobIds(table, partition, { ...span, pageSize }));
  const takeIds = keyTaker(mergeInOrder(sources, byBytes(span.order)));
  return async (count) => {
    const { keys, next } = await takeIds(count);
    const jobs = await getJobs(table, { tenant, ids: keys });
    return { jobs, examined: keys.length, ...omitUndefined({ next }) };
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
