import type { Job } from '../../../core/jobs/model/job.ts';
import type { Tombstone } from '../../../core/jobs/model/tombstone.ts';
import { getItems } from '../table/get-items.ts';
import type { Item, Table } from '../table/table.ts';
import { jobItemKey, readJobKey } from '../table/table-keys.ts';
import { fromItem } from './job-item.ts';
import { fromItem as fromTombstoneItem, isTombstone } from './tombstone-item.ts';

interface JobsQuery {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly consistent?: boolean;
}

/**
 * Reads the jobs with these IDs in the order of the IDs, without deleted jobs. Eventually consistent by
 * default. Throws `unavailable` when DynamoDB lacks read capacity.
 */
export async function getJobs(table: Table, query: JobsQuery): Promise<readonly Job[]> {
  const items = await itemsOf(table, query);
  const jobs = new Map(
    items
      .filter((item) => !isTombstone(item))
      .map((item) => fromItem(item))
      .map((job) => [job.id, job]),
  );
  return query.ids.flatMap((id) => jobs.get(id) ?? []);
}

/** Like `getJobs`, with the tombstones of deleted jobs. */
export async function getRecords(table: Table, query: JobsQuery): Promise<ReadonlyArray<Job | Tombstone>> {
  const items = await itemsOf(table, query);
  const records = new Map(
    items.map((item) => [
      readJobKey(item).jobId,
      isTombstone(item) ? fromTombstoneItem(item) : fromItem(item),
    ]),
  );
  return query.ids.flatMap((id) => records.get(id) ?? []);
}

function itemsOf(table: Table, { tenant, ids, consistent }: JobsQuery): Promise<readonly Item[]> {
  // DynamoDB rejects duplicate keys.
  const keys = [...new Set(ids)].map((jobId) => jobItemKey({ tenant, jobId }));
  return getItems(table, keys, consistent);
}
