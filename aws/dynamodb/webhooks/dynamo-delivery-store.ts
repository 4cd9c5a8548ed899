import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type {
  DeliveryPage,
  DeliveryQuery,
  DeliveryStore,
} from '../../../core/ports/webhooks/delivery-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readDueItems } from '../lists/due/due-items.ts';
import { itemNotExists, putIf, versionEquals } from '../table/conditional-write.ts';
import type { Item, Table } from '../table/table.ts';
import { dueDeliveryPartitions, fromItem, toItem } from './delivery-item.ts';
import { deliveryItemKey, deliveryPartition, readDeliveryKey } from './webhook-keys.ts';

/** The maximum number of deliveries that are read for a page, even if few of them have the requested status. */
const maxReadDeliveries = 2000;

/**
 * Stores deliveries in DynamoDB, which deletes each 30 days after its last write. Lists are strongly consistent; `listDue` is not.
 * Throttling and errors that outlast the SDK's retries are thrown.
 */
export function dynamoDeliveryStore(table: Table): DeliveryStore {
  return {
    async get(key) {
      const Key = deliveryItemKey(key);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromItem(item);
    },
    async put(delivery, expectedVersion) {
      const condition = expectedVersion === undefined ? itemNotExists : versionEquals('v', expectedVersion);
      return (await putIf(table, toItem(delivery), condition)) ? 'written' : 'conflict';
    },
    list: (query) => listPage(table, query),
    listDue: async (now, limit) =>
      (await readDueItems(table, dueDeliveryPartitions, { now, limit })).map(readDeliveryKey),
  };
}

async function listPage(table: Table, query: DeliveryQuery): Promise<DeliveryPage> {
  const { limit } = query;
  const found: Item[] = [];
  let startKey =
    query.after === undefined ? undefined : deliveryItemKey({ ...query, deliveryId: query.after });
  let read = 0;
  do {
    const response = await table.client.send(
      queryOf(table, query, { startKey, limit: limit - found.length }),
    );
    found.push(...(response.Items ?? []));
    read += response.ScannedCount ?? 0;
    startKey = response.LastEvaluatedKey;
  } while (startKey !== undefined && found.length < limit && read < maxReadDeliveries);
  const deliveries = found.slice(0, limit).map(fromItem);
  const last = deliveries.at(-1);
  if (found.length > limit && last !== undefined) return { deliveries, next: last.id };
  return startKey === undefined ? { deliveries } : { deliveries, next: readDeliveryKey(startKey).deliveryId };
}

function queryOf(
  table: Table,
  { status, order, since, ...key }: DeliveryQuery,
  page: { readonly startKey: Item | undefined; readonly limit: number },
): QueryCommand {
  return new QueryCommand({
    TableName: table.tableName,
    KeyConditionExpression: since === undefined ? 'pk = :webhook' : 'pk = :webhook AND sk >= :since',
    ...(status === undefined ? {} : { FilterExpression: 'st = :status' }),
    ExpressionAttributeValues: {
      ':webhook': { S: deliveryPartition(key) },
      ...(since === undefined ? {} : { ':since': { S: String(since).padStart(13, '0') } }),
      ...(status === undefined ? {} : { ':status': { S: status } }),
    },
    ConsistentRead: true,
    ScanIndexForward: order === 'asc',
    // A filter is applied after the limit.
    Limit: status === undefined ? page.limit : Math.max(page.limit, 100),
    ...omitUndefined({ ExclusiveStartKey: page.startKey }),
  });
}
