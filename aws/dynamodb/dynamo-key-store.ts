import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { KeyStore } from '../../core/ports/key-store.ts';
import { fromItem, toItem } from './key-item.ts';
import type { Table } from './table/table.ts';
import { apiKeyItemKey } from './table/table-keys.ts';

/**
 * Stores API keys in DynamoDB. `find` is strongly consistent, so that a key is valid as soon as it is stored.
 */
export function dynamoKeyStore(table: Table): KeyStore {
  return {
    async find(hash) {
      const Key = apiKeyItemKey(hash);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromItem(item);
    },
    async put(hash, key) {
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: toItem(hash, key) }));
    },
  };
}
