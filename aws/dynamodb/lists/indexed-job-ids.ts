import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import type { IdPartition } from './id-partition.ts';

export type Order = 'asc' | 'desc';

/** The range and order of IDs to read from a partition. */
export interface IdSpan {
  /** `desc`: the newest first. */
  readonly order: Order;
  /** The lowest ID, inclusive. */
  readonly from: string;
  /** The highest ID, inclusive. */
  readonly to: string;
  /** Only IDs after this one, which must lie within the bounds but need not exist any more. */
  readonly after?: string | undefined;
  /** The number of keys to read at a time. */
  readonly pageSize: number;
}

/** Yields the IDs of one partition in order; reads pages on demand. */
export async function* indexedJobIds(
  table: Table,
  idPartition: IdPartition,
  span: IdSpan,
): AsyncGenerator<string, void> {
  let startKey = span.after === undefined ? undefined : entryKey(idPartition, span.after);
  do {
    const { Items: entries = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        ...(idPartition.index === undefined ? {} : { IndexName: idPartition.index.name }),
        KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#partition': idPartition.index?.partition ?? 'pk', '#sort': 'sk' },
        ExpressionAttributeValues: {
          ':partition': { S: idPartition.partition },
          ':from': { S: idPartition.prefix + span.from },
          ':to': { S: idPartition.prefix + span.to },
        },
        ScanIndexForward: span.order === 'asc',
        Limit: span.pageSize,
        ...omitUndefined({ ExclusiveStartKey: startKey, ConsistentRead: idPartition.consistent }),
      }),
    );
    for (const entry of entries) yield readText(entry, 'sk').slice(idPartition.prefix.length);
    startKey = last;
  } while (startKey !== undefined);
}

/** Returns the start key of a query; it need not exist any more. */
function entryKey({ tenant, index, partition, prefix }: IdPartition, id: string): Item {
  const primary = { pk: { S: tenantPartition(tenant) }, sk: { S: prefix + id } };
  return index === undefined ? primary : { ...primary, [index.partition]: { S: partition } };
}
