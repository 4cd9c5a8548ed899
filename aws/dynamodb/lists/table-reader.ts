import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from '../table/item-attributes.ts';
import { labelItemKey, tenantPartition } from '../table/table-keys.ts';
import type { ReadBatch } from './fill-page.ts';
import type { ListSpan, Records } from './records.ts';

/** Reads all records of a tenant in order from the table itself. Eventually consistent, at half the price. */
export function readByTable<Value>(
  { table, tenant, prefix, fromItem }: Records<Value>,
  { order, from, to, after }: ListSpan,
): ReadBatch<Value> {
  let startKey = after === undefined ? undefined : labelItemKey(tenant, prefix + after);
  return async (count) => {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':from': { S: prefix + from },
          ':to': { S: prefix + to },
        },
        ScanIndexForward: order === 'asc',
        Limit: count,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    startKey = last;
    const next = last === undefined ? undefined : readText(last, 'sk').slice(prefix.length);
    const values = items.flatMap((item) => fromItem(item) ?? []);
    return { values, examined: items.length, ...omitUndefined({ next }) };
  };
}
