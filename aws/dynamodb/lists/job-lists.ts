import type { JobStore } from '../../../core/ports/job-store.ts';
import { getJobs, getRecords } from '../job-items/get-jobs.ts';
import type { Table } from '../table/table.ts';
import { listDueJobs } from './due/list-due-jobs.ts';
import { listJobPage } from './list-job-page.ts';

/**
 * The part of the job store that reads many jobs. Functions that only write jobs do not load it at a cold
 * start.
 */
export function jobLists(table: Table): Pick<JobStore, 'getMany' | 'getRecords' | 'list' | 'listDue'> {
  return {
    getMany: (tenant, jobIds) => getJobs(table, { tenant, ids: jobIds, consistent: true }),
    getRecords: (tenant, jobIds) => getRecords(table, { tenant, ids: jobIds, consistent: true }),
    list: (query) => listJobPage(table, query),
    listDue: (now, limit) => listDueJobs(table, now, limit),
  };
}
