import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ReusableResults } from '../../core/ports/reuse/reusable-results.ts';
import { fromItem, toItem } from './reusable-result-item.ts';
import type { Table } from './table/table.ts';
import { reusableResultItemKey } from './table/table-keys.ts';

/** Stores in DynamoDB which results can be reused. Each call is one request. */
export function dynamoReusableResults(table: Table): ReusableResults {
  return {
    async offer(key, result, expiresAtEpochSeconds) {
      const Item = toItem(key, result, expiresAtEpochSeconds);
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    },
    async find(key) {
      const Key = reusableResultItemKey(key);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromItem(item);
    },
  };
}
