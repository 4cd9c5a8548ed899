import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../../../core/jobs/model/job.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import { readText } from '../table/item-attributes.ts';
import type { Table } from '../table/table.ts';
import { labelItemKey, namePrefixKey, tenantPartition } from '../table/table-keys.ts';
import { servicedPartition } from './id-partition.ts';
import { indexedJobIds, type Order } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { keysPerPartition, keyTaker } from './job-index-reader.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';
import { cursorOfServices, serviceNames } from './services-of-names.ts';

/** Which names are read, and how. */
interface NamesToRead {
  readonly tenant: string;
  readonly namePrefix: string;
  /** Of the names, and of the ids of jobs that share one. */
  readonly order: Order;
  /** Position behind which the list goes on. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const idLength = 36;
const allIds = { from: '', to: 'g' } as const;

/** Where a job stands in a list by names. Such positions are compared, and only their ids are ever read out of them. */
export function namePosition({ name, id }: Pick<Job, 'name' | 'id'>): string {
  return `${name}#${id}`;
}

/**
 * Reads the jobs whose names begin so, by name and then by age. Names of their own are labels; jobs that bear the name
 * of their service are found by the services whose names begin so, one after the other as the list reaches them.
 */
export function readByName(table: Table, wanted: NamesToRead): ReadJobBatch {
  const pageSize = keysPerPartition(wanted.limit, 2);
  const sources = [labels(table, wanted, pageSize), namesakes(table, wanted, pageSize)];
  const takePositions = keyTaker(mergeInOrder(sources, byBytes(wanted.order)));
  return async (count) => {
    const { keys, next } = await takePositions(count);
    const ids = new Set(keys.map(idAt));
    const jobs = new Map(
      (await getJobs(table, { tenant: wanted.tenant, ids: [...ids] })).map((job) => [namePosition(job), job]),
    );
    return {
      // One that was renamed since its label was written stands elsewhere in the list.
      jobs: keys.flatMap((position) => jobs.get(position) ?? []),
      examined: keys.length,
      ...omitUndefined({ next }),
    };
  };
}

function idAt(position: string): string {
  return position.slice(-idLength);
}

/** The positions of jobs with names of their own. */
async function* labels(
  table: Table,
  { tenant, namePrefix, order, after }: NamesToRead,
  pageSize: number,
): AsyncGenerator<string, void> {
  const labelPrefix = namePrefixKey('');
  let startKey = after === undefined ? undefined : labelItemKey(tenant, labelPrefix + after);
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':prefix': { S: namePrefixKey(namePrefix) },
        },
        ScanIndexForward: order === 'asc',
        Limit: pageSize,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    for (const item of items) yield readText(item, 'sk').slice(labelPrefix.length);
    startKey = last;
  } while (startKey !== undefined);
}

/** The positions of jobs that bear the name of their service. */
async function* namesakes(table: Table, wanted: NamesToRead, pageSize: number): AsyncGenerator<string, void> {
  const { tenant, order, after } = wanted;
  for await (const name of serviceNames(table, wanted)) {
    const span = spanBehind(wanted, name);
    if (span === undefined) continue;
    const place = servicedPartition(tenant, name, 'default');
    for await (const id of indexedJobIds(table, place, { order, ...span, pageSize })) {
      const position = namePosition({ name, id });
      // The bounds of a span are part of it.
      if (position !== after) yield position;
    }
  }
}

/** The ids of a service that may lie behind the position; undefined when none can. */
function spanBehind({ order, after }: NamesToRead, service: string) {
  const split = after === undefined ? undefined : cursorOfServices(after).split;
  if (split?.name !== service) return allIds;
  if (order === 'desc') return { ...allIds, to: split.at };
  return byBytes('asc')(split.at, allIds.to) > 0 ? undefined : { ...allIds, from: split.at };
}
