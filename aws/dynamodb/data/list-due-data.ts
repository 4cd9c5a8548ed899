import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DataKey } from '../../../core/ports/data/data-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIndexes } from '../job-items/job-indexes.ts';
import { readNumber } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { dueDataPartitions } from './data-indexes.ts';
import { readDataKey } from './data-keys.ts';

/** Lists the data objects and tombstones that are due at `now`, at most `limit`, the earliest first. */
export async function listDueData(table: Table, now: number, limit: number): Promise<readonly DataKey[]> {
  const shards = await Promise.all(
    dueDataPartitions.map((partition) => readShard(table, partition, { now, limit })),
  );
  return shards
    .flat()
    .sort((left, right) => readNumber(left, 'dueAt') - readNumber(right, 'dueAt'))
    .slice(0, limit)
    .map(readDataKey);
}

async function readShard(
  table: Table,
  partition: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<readonly Item[]> {
  const due: Item[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: jobIndexes.due.name,
        KeyConditionExpression: '#due = :partition AND #dueAt <= :now',
        ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
        ExpressionAttributeValues: { ':partition': { S: partition }, ':now': { N: String(now) } },
        Limit: limit - due.length,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    due.push(...items);
    startKey = last;
  } while (startKey !== undefined && due.length < limit);
  return due;
}
