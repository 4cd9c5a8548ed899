import type { Job } from '../../../core/jobs/model/job.ts';
import { getItems } from '../table/get-items.ts';
import type { Table } from '../table/table.ts';
import { jobItemKey } from '../table/table-keys.ts';
import { fromItem } from './job-item.ts';
import { isTombstone } from './tombstone-item.ts';

interface JobsQuery {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly consistent?: boolean;
}

/**
 * Reads the jobs with these IDs in the order of the IDs, without deleted jobs. Eventually consistent by
 * default. Throws `unavailable` when DynamoDB lacks read capacity.
 */
export async function getJobs(table: Table, { tenant, ids, consistent }: JobsQuery): Promise<readonly Job[]> {
  // DynamoDB rejects duplicate keys.
  const keys = [...new Set(ids)].map((jobId) => jobItemKey({ tenant, jobId }));
  const items = await getItems(table, keys, consistent);
  const jobs = new Map(
    items
      .filter((item) => !isTombstone(item))
      .map((item) => fromItem(item))
      .map((job) => [job.id, job]),
  );
  return ids.flatMap((id) => jobs.get(id) ?? []);
}
