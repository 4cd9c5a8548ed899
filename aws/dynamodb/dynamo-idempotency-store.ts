import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { IdempotencyStore } from '../../core/ports/idempotency-store.ts';
import { fromItem, toItem } from './idempotency-item.ts';
import { refusalOf } from './table/conditional-write.ts';
import type { Item, Table } from './table/table.ts';
import { idempotencyItemKey } from './table/table-keys.ts';

/**
 * Remembered requests in DynamoDB. `remember` is one write and no read: with its refusal DynamoDB gives back the item
 * that is there, free of charge, which is our own when the answer to an earlier try of the SDK got lost
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html).
 */
export function dynamoIdempotencyStore(table: Table): IdempotencyStore {
  return {
    async remember(key, request, now) {
      const there = await putUnlessKept(table, toItem(key, request), now);
      return there === undefined ? request : fromItem(there);
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
 * Answers the item that is there and has not expired, or undefined when the new one was put. DynamoDB deletes expired
 * items only within a few days
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html).
 */
async function putUnlessKept(table: Table, item: Item, now: number): Promise<Item | undefined> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':now': { N: String(epochSeconds(now)) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const refusal = await refusalOf(table.client.send(command));
  if (refusal !== undefined && refusal.Item === undefined) throw refusal;
  return refusal?.Item;
}

function epochSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
