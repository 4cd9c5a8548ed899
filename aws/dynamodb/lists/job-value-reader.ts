import { indexedValue } from '../../../core/jobs/model/indexed-metadata.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { sortableNumber } from '../table/metadata-keys.ts';
import type { Table } from '../table/table.ts';
import type { ReadBatch } from './fill-page.ts';
import { numbersPartition } from './id-partition.ts';
import { indexedJobIds, type Order } from './indexed-job-ids.ts';
import { jobRecords } from './job-records.ts';
import type { MetadataRange } from './metadata-condition.ts';
import { keysPerPartition } from './partition-reader.ts';
import { readAtPositions } from './read-at-positions.ts';

/** The range and order of numbers to read. */
interface ValuesToRead {
  readonly tenant: string;
  readonly range: MetadataRange;
  /** The order of the numbers, and of the IDs of jobs with the same number. */
  readonly order: Order;
  /** The position after which the list continues; it lies within the range. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Returns the position of a job in a list by the numbers in a member; undefined if it has no number there. */
export function valuePosition(job: Job, name: string): string | undefined {
  const value = indexedValue(job, name);
  return typeof value === 'number' ? `${sortableNumber(value)}#${job.id}` : undefined;
}

/** Returns whether a text can be the position of a job in a list by numbers within a range. */
export function isValuePosition(text: string, id: string, range: MetadataRange): boolean {
  const { from, to } = boundsOf(range);
  return text.length === from.length + id.length && text.endsWith(`#${id}`) && text >= from && text < to;
}

/** Reads the jobs with a number within a range, by number and then by age. */
export function readByValue(table: Table, query: ValuesToRead): ReadBatch<Job> {
  const { tenant, range, order, after, limit } = query;
  const { from, to } = boundsOf(range);
  // DynamoDB rejects a lower bound above the upper bound.
  if (from >= to) return async () => ({ values: [], examined: 0 });
  const span = { order, from, to, after, pageSize: keysPerPartition(limit, 1) };
  const positions = indexedJobIds(table, numbersPartition(tenant, range.name), span);
  const positionOf = (job: Job) => valuePosition(job, range.name);
  return readAtPositions(jobRecords(table, tenant), { positions, positionOf });
}

/** The bounds of the positions: `$` sorts after the `#` before the ID. */
function boundsOf({ min = -Number.MAX_VALUE, max = Number.MAX_VALUE }: MetadataRange) {
  return { from: `${sortableNumber(min)}#`, to: `${sortableNumber(max)}$` };
}
