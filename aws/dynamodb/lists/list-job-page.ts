import { parseJobId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { idBound } from '../../../core/jobs/model/job-id.ts';
import type { JobListQuery, JobPage } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { Table } from '../table/table.ts';
import type { JobBatch, ReadJobBatch } from './job-batch.ts';
import { readByIndex } from './job-index-reader.ts';
import { type JobListSource, matchesFilter, planJobList } from './job-list-plan.ts';
import { namePosition, readByName } from './job-name-reader.ts';
import { readByTable } from './job-table-reader.ts';
import { isValuePosition, readByValue, valuePosition } from './job-value-reader.ts';
import { readByIds } from './listed-ids-reader.ts';

/** The maximum number of jobs that are read for a page, even if few of them match. */
export const maxReadJobs = 1000;

const minFilteredBatch = 25;
const idLength = 36;

/**
 * Reads one page of a tenant's jobs. Each job is checked against the filters again, because its index entry
 * may be outdated. A page ends early, with a position to continue from, after 1,000 read jobs. Throws
 * `bad-cursor` for a position that the list cannot have.
 */
export async function listJobPage(table: Table, query: JobListQuery): Promise<JobPage> {
  const { source, filtered } = planJobList(query);
  const { found, examined, next } = await readUntilFull(readerOf(table, query, source), query, filtered);
  const jobs = found.slice(0, query.limit);
  const last = jobs.at(-1);
  const end = found.length > query.limit && last !== undefined ? positionOf(last, source) : next;
  return {
    jobs,
    ...omitUndefined({ next: end }),
    ...(filtered ? { scanned: examined } : {}),
  };
}

function positionOf(job: Job, source: JobListSource): string {
  switch (source.kind) {
    case 'names':
      return namePosition(job);
    case 'values':
      // A job that matches the filter has a number there.
      return valuePosition(job, source.range.name) ?? job.id;
    default:
      return job.id;
  }
}

function readerOf(table: Table, query: JobListQuery, source: JobListSource): ReadJobBatch {
  const { tenant, limit, order = 'desc', after } = query;
  const from = idBound(query.createdAfter ?? 0);
  const to = idBound(query.createdBefore ?? Number.POSITIVE_INFINITY);
  checkPosition(query, source, { from, to });
  // DynamoDB rejects a lower bound above the upper bound.
  if (from >= to) return async () => ({ jobs: [], examined: 0 });
  const span = { order, from, to, after };
  switch (source.kind) {
    case 'ids':
      return readByIds(table, { tenant, ids: source.ids, ...span });
    case 'table':
      return readByTable(table, tenant, span);
    case 'partitions':
      return readByIndex(table, { tenant, partitions: source.partitions, limit, ...span });
    case 'names':
      return readByName(table, { tenant, namePrefix: source.namePrefix, order, after, limit });
    case 'values':
      return readByValue(table, { tenant, range: source.range, order, after, limit });
  }
}

/**
 * DynamoDB rejects a start key outside of the query's range, and a client can send any cursor
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html).
 */
function checkPosition(
  { after }: JobListQuery,
  source: JobListSource,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  if (after === undefined) return;
  const id = after.slice(-idLength);
  const isValid = () => {
    switch (source.kind) {
      case 'names':
        return after.startsWith(source.namePrefix) && after.at(-idLength - 1) === '#';
      case 'values':
        return isValuePosition(after, id, source.range);
      default:
        return after === id && after >= from && after <= to;
    }
  };
  if (parseJobId(id) !== id || !isValid())
    throw new ProblemError('bad-cursor', 'The cursor is not a position in this list; start again without it');
}

async function readUntilFull(read: ReadJobBatch, query: JobListQuery, filtered: boolean) {
  const found: Job[] = [];
  let examined = 0;
  let batch: JobBatch;
  do {
    batch = await read(batchSize(query.limit - found.length, examined, filtered));
    found.push(...batch.jobs.filter((job) => matchesFilter(job, query)));
    examined += batch.examined;
  } while (batch.next !== undefined && found.length < query.limit && examined < maxReadJobs);
  return { found, examined, next: batch.next };
}

/**
 * Returns one more than needed, to detect the last page. If the jobs are filtered, it is at least 25 and at
 * least the number of jobs read so far, so that rare matches are found in few calls.
 */
function batchSize(missingCount: number, examined: number, filtered: boolean): number {
  const size = filtered ? Math.max(missingCount + 1, minFilteredBatch, examined) : missingCount + 1;
  return Math.min(size, maxReadJobs - examined);
}
