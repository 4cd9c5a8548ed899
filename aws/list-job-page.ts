import type { Job } from '../core/jobs/job.ts';
import type { JobListQuery, JobPage } from '../core/ports/job-store.ts';
import type { JobBatch, ReadJobBatch } from './job-batch.ts';
import { readByIndex } from './job-index-reader.ts';
import { isListed, planJobList } from './job-list-plan.ts';
import { readByTable } from './job-table-reader.ts';
import type { Table } from './table.ts';

/** A page reads no more jobs than this, however few of them match. */
export const maxReadJobs = 1000;

const minFilteredBatch = 25;

/**
 * One page of a tenant's jobs, newest first. Each job is checked against the filters as it was read, since it may
 * have changed after its index entry was. A page that read 1,000 jobs ends early and tells where to go on.
 */
export async function listJobPage(table: Table, query: JobListQuery): Promise<JobPage> {
  const { source, filtered } = planJobList(query);
  const read = source.kind === 'table' ? readByTable(table, query) : readByIndex(table, query, source);
  const { found, examined, next } = await readUntilFull(read, query, filtered);
  const jobs = found.slice(0, query.limit);
  const nextBeforeId = found.length > query.limit ? jobs.at(-1)?.id : next;
  return {
    jobs,
    ...(nextBeforeId === undefined ? {} : { nextBeforeId }),
    ...(filtered ? { scanned: examined } : {}),
  };
}

async function readUntilFull(read: ReadJobBatch, query: JobListQuery, filtered: boolean) {
  const found: Job[] = [];
  let examined = 0;
  let batch: JobBatch;
  do {
    batch = await read(batchSize(query.limit - found.length, examined, filtered));
    found.push(...batch.jobs.filter((job) => isListed(job, query)));
    examined += batch.examined;
  } while (batch.next !== undefined && found.length < query.limit && examined < maxReadJobs);
  return { found, examined, next: batch.next };
}

/**
 * One more than is wanted, so that the last page is known to be the last. Where a filter follows, at least 25
 * and at least as many as were read so far, so that few calls find what is rare.
 */
function batchSize(wanted: number, examined: number, filtered: boolean): number {
  const size = filtered ? Math.max(wanted + 1, minFilteredBatch, examined) : wanted + 1;
  return Math.min(size, maxReadJobs - examined);
}
