import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DataKey } from '../../../core/ports/data-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIndexes } from '../job-items/job-indexes.ts';
import type { Item, Table } from '../table/table.ts';
import { readDataKey } from '../table/table-keys.ts';
import { dueDataPartition } from './data-indexes.ts';

/** Lists the data objects and tombstones that are due at `now`, at most `limit`, the earliest first. */
export async function listDueData(table: Table, now: number, limit: number): Promise<readonly DataKey[]> {
  const due: DataKey[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: jobIndexes.due.name,
        KeyConditionExpression: '#due = :data AND #dueAt <= :now',
        ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
        ExpressionAttributeValues: { ':data': { S: dueDataPartition }, ':now': { N: String(now) } },
        Limit: limit - due.length,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    due.push(...items.map(readDataKey));
    startKey = last;
  } while (startKey !== undefined && due.length < limit);
  return due;
}
