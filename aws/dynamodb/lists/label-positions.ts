import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from '../table/item-attributes.ts';
import type { Table } from '../table/table.ts';
import { labelItemKey, tenantPartition } from '../table/table-keys.ts';
import type { Order } from './indexed-job-ids.ts';

/** The range and order of labels to read. */
export interface LabelsToRead {
  readonly tenant: string;
  /** The part of the sort keys that all labels of this kind share. */
  readonly kind: string;
  /** The first part of the positions to read. */
  readonly prefix: string;
  readonly order: Order;
  /** Only positions after this one, which must start with the prefix but need not exist any more. */
  readonly after?: string | undefined;
  /** The number of labels to read at a time. */
  readonly pageSize: number;
}

/**
 * Yields the positions of labels, such as `<name>#<id>`, in order; reads pages on demand. Eventually
 * consistent.
 */
export async function* labelPositions(
  table: Table,
  { tenant, kind, prefix, order, after, pageSize }: LabelsToRead,
): AsyncGenerator<string, void> {
  let startKey = after === undefined ? undefined : labelItemKey(tenant, kind + after);
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':prefix': { S: kind + prefix },
        },
        ScanIndexForward: order === 'asc',
        Limit: pageSize,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    for (const item of items) yield readText(item, 'sk').slice(kind.length);
    startKey = last;
  } while (startKey !== undefined);
}
