import type { Job } from '../../../core/jobs/model/job.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import { fromItem } from '../job-items/job-item.ts';
import { isTombstone } from '../job-items/tombstone-item.ts';
import type { Table } from '../table/table.ts';
import { jobPrefix } from '../table/table-keys.ts';
import type { Records } from './records.ts';

/** The jobs of a tenant, for lists. */
export function jobRecords(table: Table, tenant: string): Records<Job> {
  return {
    table,
    tenant,
    prefix: jobPrefix,
    getMany: (ids, consistent = false) => getJobs(table, { tenant, ids, consistent }),
    fromItem: (item) => (isTombstone(item) ? undefined : fromItem(item)),
  };
}
