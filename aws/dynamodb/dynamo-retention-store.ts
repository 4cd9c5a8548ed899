import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { RetentionRound, RetentionStore } from '../../core/ports/retention-store.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readNumber,
  readOptionalJson,
} from './table/item-attributes.ts';
import type { Item, Table } from './table/table.ts';
import { retentionItemKey } from './table/table-keys.ts';
import { registeredTenants } from './table/tenant-registry.ts';

/** The layout version of the items. */
const layoutVersion = 1;

/**
 * Stores the progress of the retention in DynamoDB.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `z` | N | layout of the item |
 * | `round` | S | of the round: its progress, as JSON |
 * | `before` | N | of a tenant: the time before which all jobs are deleted, in epoch milliseconds |
 */
export function dynamoRetentionStore(table: Table): RetentionStore {
  return {
    tenants: () => registeredTenants(table),
    async round() {
      const item = await read(table);
      return item && readOptionalJson<RetentionRound>(item, 'round');
    },
    saveRound: (round) => write(table, { round: jsonText(round) }),
    async deletedBefore(tenant) {
      const item = await read(table, tenant);
      return item === undefined ? 0 : readNumber(item, 'before');
    },
    saveDeletedBefore: (tenant, time) => write(table, { before: number(time) }, tenant),
  };
}

async function read({ client, tableName: TableName }: Table, tenant?: string): Promise<Item | undefined> {
  const Key = retentionItemKey(tenant);
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (Item !== undefined) checkLayoutVersion(Item, layoutVersion);
  return Item;
}

async function write(
  { client, tableName: TableName }: Table,
  values: Parameters<typeof presentAttributes>[0],
  tenant?: string,
): Promise<void> {
  const Item = {
    ...retentionItemKey(tenant),
    ...presentAttributes({ z: number(layoutVersion), ...values }),
  };
  await client.send(new PutItemCommand({ TableName, Item }));
}
