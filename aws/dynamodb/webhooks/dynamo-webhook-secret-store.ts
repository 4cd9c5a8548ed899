import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { WebhookSecretStore } from '../../../core/ports/webhooks/webhook-store.ts';
import { itemNotExists, putIf, versionEquals } from '../table/conditional-write.ts';
import type { Table } from '../table/table.ts';
import { fromSecretItem, toSecretItem } from './webhook-item.ts';
import { webhookItemKey } from './webhook-keys.ts';

/**
 * Stores the secrets of webhooks in a table of their own, so that only the functions that sign and replace them can read them, and
 * they are in no stream.
 */
export function dynamoWebhookSecretStore(table: Table): WebhookSecretStore {
  return {
    insert: async (key, secrets) =>
      (await putIf(table, toSecretItem(key, secrets), itemNotExists)) ? 'inserted' : 'exists',
    async get(key) {
      const Key = webhookItemKey(key);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromSecretItem(item);
    },
    replace: async (key, secrets, expectedVersion) =>
      (await putIf(table, toSecretItem(key, secrets), versionEquals('v', expectedVersion)))
        ? 'replaced'
        : 'conflict',
    async remove(key) {
      await table.client.send(
        new DeleteItemCommand({ TableName: table.tableName, Key: webhookItemKey(key) }),
      );
    },
  };
}
