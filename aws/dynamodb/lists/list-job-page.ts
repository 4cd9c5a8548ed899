import { parseJobId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { JobListQuery, JobPage } from '../../../core/ports/job-store.ts';
import { idBound } from '../../../core/std/id-time.ts';
import type { Table } from '../table/table.ts';
import { fillPage, type ReadBatch } from './fill-page.ts';
import { type JobListSource, matchesFilter, planJobList } from './job-list-plan.ts';
import { namePosition, readByName } from './job-name-reader.ts';
import { jobRecords } from './job-records.ts';
import { isValuePosition, readByValue, valuePosition } from './job-value-reader.ts';
import { readByIds } from './listed-ids-reader.ts';
import { readByPartitions } from './partition-reader.ts';
import { readByTable } from './table-reader.ts';

const idLength = 36;

/**
 * Reads one page of a tenant's jobs. Each job is checked against the filters again, because its index entry
 * may be outdated. A page ends early, with a position to continue from, after 1,000 read jobs. Throws
 * `bad-cursor` for a position that the list cannot have.
 */
export async function listJobPage(table: Table, query: JobListQuery): Promise<JobPage> {
  const { source, filtered } = planJobList(query);
  const { values: jobs, ...rest } = await fillPage(readerOf(table, query, source), {
    limit: query.limit,
    filtered,
    matches: (job) => matchesFilter(job, query),
    positionOf: (job) => positionOf(job, source),
  });
  return { jobs, ...rest };
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

function readerOf(table: Table, query: JobListQuery, source: JobListSource): ReadBatch<Job> {
  const { tenant, limit, order = 'desc', after } = query;
  const from = idBound(query.createdAfter ?? 0);
  const to = idBound(query.createdBefore ?? Number.POSITIVE_INFINITY);
  checkPosition(query, source, { from, to });
  // DynamoDB rejects a lower bound above the upper bound.
  if (from >= to) return async () => ({ values: [], examined: 0 });
  const span = { order, from, to, after };
  const records = jobRecords(table, tenant);
  switch (source.kind) {
    case 'ids':
      return readByIds(records, source.ids, span);
    case 'table':
      return readByTable(records, span);
    case 'partitions':
      return readByPartitions(records, source.partitions, { ...span, limit });
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
