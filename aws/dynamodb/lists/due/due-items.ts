import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import { jobIndexes } from '../../job-items/job-indexes.ts';
import { readNumber } from '../../table/item-attributes.ts';
import type { Item, Table } from '../../table/table.ts';

interface DueBounds {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly limit: number;
}

/** Reads the entries of partitions of the index `due` that are due, at most `limit`, the earliest first. */
export async function readDueItems(
  table: Table,
  partitions: readonly string[],
  bounds: DueBounds,
): Promise<readonly Item[]> {
  const shards = await Promise.all(partitions.map((partition) => readShard(table, partition, bounds)));
  return shards
    .flat()
    .sort((left, right) => readNumber(left, 'dueAt') - readNumber(right, 'dueAt'))
    .slice(0, bounds.limit);
}

async function readShard(
  table: Table,
  partition: string,
  { now, limit }: DueBounds,
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
