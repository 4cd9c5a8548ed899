import type { JobListQuery } from '../core/ports/job-store.ts';
import { getJobs } from './get-jobs.ts';
import { indexedJobIds } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';
import type { JobListPlan } from './job-list-plan.ts';
import { mergeNewestFirst } from './merge-newest-first.ts';
import type { Table } from './table.ts';

const keyPage = { min: 25, max: 1000 } as const;

/** Reads the jobs of some partitions of an index, newest first: ids from the index, jobs from the table. */
export function readByIndex(
  table: Table,
  query: JobListQuery,
  { index, partitions }: JobListPlan['source'] & { readonly kind: 'index' },
): ReadJobBatch {
  const pageSize = keysPerPartition(query.limit, partitions.length);
  const sources = partitions.map((partition) =>
    indexedJobIds(table, { ...query, index, partition, pageSize }),
  );
  const ids = mergeNewestFirst(sources);
  let ahead: IteratorResult<string, void> | undefined;
  return async (count) => {
    ahead ??= await ids.next();
    const taken: string[] = [];
    while (taken.length < count && ahead.done !== true) {
      taken.push(ahead.value);
      ahead = await ids.next();
    }
    const next = ahead.done === true ? undefined : taken.at(-1);
    const jobs = await getJobs(table, query.tenant, taken);
    return { jobs, examined: taken.length, ...(next === undefined ? {} : { next }) };
  };
}

/** Twice an even share of the page, since partitions are rarely even. */
function keysPerPartition(limit: number, partitions: number): number {
  return Math.min(Math.max(Math.ceil((2 * (limit + 1)) / partitions), keyPage.min), keyPage.max);
}
