import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { IdempotencyStore } from '../../core/ports/idempotency-store.ts';
import { fromItem, toItem } from './idempotency-item.ts';
import { conditionFailureOf } from './table/conditional-write.ts';
import type { Item, Table } from './table/table.ts';
import { idempotencyItemKey } from './table/table-keys.ts';

/**
 * Stores remembered requests in DynamoDB. `remember` is one write without a read: if its condition fails,
 * DynamoDB returns the existing item free of charge. It is our own when the response to an earlier try of the
 * SDK was lost (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html).
 */
export function dynamoIdempotencyStore(table: Table): IdempotencyStore {
  return {
    async remember(key, request, now) {
      const existing = await putUnlessPresent(table, toItem(key, request), now);
      return existing === undefined ? request : fromItem(existing);
    },
    async find(key, now) {
      const Key = idempotencyItemKey(key);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      const found = item && fromItem(item);
      return found !== undefined && found.expiresAtEpochSeconds > epochSeconds(now) ? found : undefined;
    },
  };
}

/**
 * Returns the existing, unexpired item, or undefined when the new item was written. DynamoDB deletes expired
 * items only within a few days
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html).
 */
async function putUnlessPresent(table: Table, item: Item, now: number): Promise<Item | undefined> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':now': { N: String(epochSeconds(now)) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(table.client.send(command));
  if (failure !== undefined && failure.Item === undefined) throw failure;
  return failure?.Item;
}

function epochSeconds(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
