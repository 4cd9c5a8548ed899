import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import type { Table } from '../table/table.ts';
import type { IdSpan } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { byBytes } from './merge-in-order.ts';

/** Reads the jobs with the given IDs in the order of the IDs, each once. */
export function readByIds(
  table: Table,
  {
    tenant,
    ids,
    order,
    from,
    to,
    after,
  }: Omit<IdSpan, 'pageSize'> & {
    readonly tenant: string;
    readonly ids: readonly string[];
  },
): ReadJobBatch {
  const compare = byBytes(order);
  const remaining = [...new Set(ids)]
    .filter((id) => id >= from && id <= to && (after === undefined || compare(id, after) > 0))
    .sort(compare);
  return async (count) => {
    const taken = remaining.splice(0, count);
    const next = remaining.length === 0 ? undefined : taken.at(-1);
    const jobs = await getJobs(table, { tenant, ids: taken });
    return { jobs, examined: taken.length, ...omitUndefined({ next }) };
  };
}
