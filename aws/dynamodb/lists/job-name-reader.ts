import type { Job } from '../../../core/jobs/model/job.ts';
import type { Table } from '../table/table.ts';
import { namePrefixKey } from '../table/table-keys.ts';
import type { ReadBatch } from './fill-page.ts';
import { servicedPartition } from './id-partition.ts';
import { indexedJobIds, type Order } from './indexed-job-ids.ts';
import { jobRecords } from './job-records.ts';
import { labelPositions } from './label-positions.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';
import { keysPerPartition } from './partition-reader.ts';
import { readAtPositions } from './read-at-positions.ts';
import { serviceNames, toServicePosition } from './service-position.ts';

/** The range and order of names to read. */
interface NamesToRead {
  readonly tenant: string;
  readonly namePrefix: string;
  /** The order of the names, and of the IDs of jobs with the same name. */
  readonly order: Order;
  /** The position after which the list continues. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const allIds = { from: '', to: 'g' } as const;

/**
 * Returns the position of a job in a list by names. Positions are compared; only the ID is ever extracted
 * from them.
 */
export function namePosition({ name, id }: Pick<Job, 'name' | 'id'>): string {
  return `${name}#${id}`;
}

/**
 * Reads the jobs with a name prefix, by name and then by age. A job's own name is a label; jobs that have the
 * name of their service are found by the services with the prefix, one service after another as the list
 * reaches it.
 */
export function readByName(table: Table, query: NamesToRead): ReadBatch<Job> {
  const pageSize = keysPerPartition(query.limit, 2);
  const labels = { ...query, kind: namePrefixKey(''), prefix: query.namePrefix, pageSize };
  const sources = [labelPositions(table, labels), serviceNamePositions(table, query, pageSize)];
  const positions = mergeInOrder(sources, byBytes(query.order));
  return readAtPositions(jobRecords(table, query.tenant), { positions, positionOf: namePosition });
}

/** Yields the positions of jobs that have the name of their service. */
async function* serviceNamePositions(
  table: Table,
  query: NamesToRead,
  pageSize: number,
): AsyncGenerator<string, void> {
  const { tenant, order, after } = query;
  for await (const name of serviceNames(table, query)) {
    const span = spanAfter(query, name);
    if (span === undefined) continue;
    const partition = servicedPartition(tenant, name, 'default');
    for await (const id of indexedJobIds(table, partition, { order, ...span, pageSize })) {
      const position = namePosition({ name, id });
      // The bounds of a span are inclusive.
      if (position !== after) yield position;
    }
  }
}

/** Returns the range of a service's IDs that may lie after the position; undefined when it is empty. */
function spanAfter({ order, after }: NamesToRead, service: string) {
  const split = after === undefined ? undefined : toServicePosition(after).split;
  if (split?.name !== service) return allIds;
  if (order === 'desc') return { ...allIds, to: split.at };
  return byBytes('asc')(split.at, allIds.to) > 0 ? undefined : { ...allIds, from: split.at };
}
