import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import type { IdPartition } from './id-partition.ts';

export type Order = 'asc' | 'desc';

/** Which ids of a partition are read, and how. */
export interface IdSpan {
  /** `desc`: the newest first. */
  readonly order: Order;
  /** No id below it. */
  readonly from: string;
  /** No id above it. */
  readonly to: string;
  /** Only what comes behind this id, whether or not something still has it. It lies within the bounds. */
  readonly after?: string | undefined;
  /** Keys to read at a time. */
  readonly pageSize: number;
}

/** The ids in one partition in their order, read page by page as they are taken. Eventually consistent. */
export async function* indexedJobIds(
  table: Table,
  place: IdPartition,
  span: IdSpan,
): AsyncGenerator<string, void> {
  let startKey = span.after === undefined ? undefined : entryKey(place, span.after);
  do {
    const { Items: entries = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        ...(place.index === undefined ? {} : { IndexName: place.index.name }),
        KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#partition': place.index?.partition ?? 'pk', '#sort': 'sk' },
        ExpressionAttributeValues: {
          ':partition': { S: place.partition },
          ':from': { S: place.prefix + span.from },
          ':to': { S: place.prefix + span.to },
        },
        ScanIndexForward: span.order === 'asc',
        Limit: span.pageSize,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    for (const entry of entries) yield readText(entry, 'sk').slice(place.prefix.length);
    startKey = last;
  } while (startKey !== undefined);
}

/** A query goes on behind a key whether or not something still has it. */
function entryKey({ tenant, index, partition, prefix }: IdPartition, id: string): Item {
  const primary = { pk: { S: tenantPartition(tenant) }, sk: { S: prefix + id } };
  return index === undefined ? primary : { ...primary, [index.partition]: { S: partition } };
}
