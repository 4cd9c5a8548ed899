import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../core/jobs/job.ts';
import { getJobs } from './get-jobs.ts';
import { servicedPartition } from './id-partition.ts';
import { indexedJobIds, type Order } from './indexed-job-ids.ts';
import { readText } from './item-attributes.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { keysPerPartition, keyTaker } from './job-index-reader.ts';
import { byBytes, mergeInOrder } from './merge-in-order.ts';
import type { Table } from './table.ts';
import { labelItemKey, namePrefixKey, readServiceKey, servicePrefix, tenantPartition } from './table-keys.ts';

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
/** Sorts behind every character that the name or version of a service may hold. */
const lastCharacter = '~';
const allIds = { from: '', to: 'g' } as const;
const mayBeginService = /^[a-z0-9-]*$/;

/** Where a job stands in a list by names: such positions sort by name, then by age. */
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
      ...(next === undefined ? {} : { next }),
    };
  };
}

function idAt(position: string): string {
  return position.slice(-idLength);
}

function nameAt(position: string): string {
  return position.slice(0, -idLength - 1);
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
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
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
    const within = after !== undefined && nameAt(after) === name ? idAt(after) : undefined;
    const span = { order, ...allIds, after: within, pageSize };
    for await (const id of indexedJobIds(table, servicedPartition(tenant, name, 'default'), span))
      yield namePosition({ name, id });
  }
}

/** The names of services that begin so, each once, from the one on that the list has reached: one read a name. */
async function* serviceNames(
  table: Table,
  { tenant, namePrefix, order, after }: NamesToRead,
): AsyncGenerator<string, void> {
  if (!mayBeginService.test(namePrefix)) return;
  let from = servicePrefix + namePrefix;
  let to = from + lastCharacter;
  if (after !== undefined && order === 'asc') from = `${servicePrefix}${nameAt(after)}#`;
  if (after !== undefined && order === 'desc') to = `${servicePrefix}${nameAt(after)}#${lastCharacter}`;
  for (;;) {
    const name = await firstService(table, { tenant, from, to, order });
    if (name === undefined) return;
    yield name;
    if (order === 'asc') from = `${servicePrefix}${name}#${lastCharacter}`;
    else to = `${servicePrefix}${name}#`;
  }
}

async function firstService(
  table: Table,
  { tenant, from, to, order }: { tenant: string; from: string; to: string; order: Order },
): Promise<string | undefined> {
  // DynamoDB refuses bounds that are the wrong way round.
  if (byBytes('asc')(from, to) > 0) return undefined;
  const { Items: [first] = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':tenant': { S: tenantPartition(tenant) },
        ':from': { S: from },
        ':to': { S: to },
      },
      ProjectionExpression: 'pk, sk',
      ScanIndexForward: order === 'asc',
      Limit: 1,
    }),
  );
  return first === undefined ? undefined : readServiceKey(first).name;
}
