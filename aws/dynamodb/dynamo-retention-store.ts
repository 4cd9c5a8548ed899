import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { RetentionRound, RetentionStore } from '../../core/ports/retention-store.ts';
import {
  checkSchemaVersion,
  jsonText,
  number,
  presentAttributes,
  readNumber,
  readOptionalJson,
} from './table/item-attributes.ts';
import type { Item, Table } from './table/table.ts';
import { retentionItemKey } from './table/table-keys.ts';
import { registeredTenants } from './table/tenant-registry.ts';

/** Layout of the items. */
const schemaVersion = 1;

/**
 * What a retention has read, in DynamoDB.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `z` | N | layout of the item |
 * | `round` | S | of the round: how far it has come, as JSON |
 * | `before` | N | of a tenant: before when all jobs are deleted, milliseconds since 1970 |
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
  if (Item !== undefined) checkSchemaVersion(Item, schemaVersion);
  return Item;
}

async function write(
  { client, tableName: TableName }: Table,
  values: Parameters<typeof presentAttributes>[0],
  tenant?: string,
): Promise<void> {
  const Item = {
    ...retentionItemKey(tenant),
    ...presentAttributes({ z: number(schemaVersion), ...values }),
  };
  await client.send(new PutItemCommand({ TableName, Item }));
}
