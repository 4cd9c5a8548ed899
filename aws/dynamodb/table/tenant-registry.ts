import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from './item-attributes.ts';
import type { Item, Table } from './table.ts';
import { tenantItemKey, tenantsPartition } from './table-keys.ts';

/** Writes a tenant down unless this very registry has done so before. */
export type RegisterTenant = (tenant: string) => Promise<void>;

/**
 * Remembers for the life of the process which tenants it wrote down, so that a job costs nothing more. Entries are
 * never removed: what is remembered stays true.
 */
export function tenantRegistry(table: Table): RegisterTenant {
  const written = new Map<string, Promise<void>>();
  return (tenant) => {
    const known = written.get(tenant);
    if (known !== undefined) return known;
    const writing = writeDown(table, tenant);
    written.set(tenant, writing);
    writing.catch(() => written.delete(tenant));
    return writing;
  };
}

async function writeDown({ client, tableName }: Table, tenant: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName: tableName, Item: tenantItemKey(tenant) }));
}

/** Every tenant that was written down. Eventually consistent: an entry is there long before its first job is due. */
export async function registeredTenants({ client, tableName }: Table): Promise<readonly string[]> {
  const tenants: string[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :tenants',
        ExpressionAttributeValues: { ':tenants': { S: tenantsPartition } },
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    tenants.push(...items.map((item) => readText(item, 'sk')));
    startKey = last;
  } while (startKey !== undefined);
  return tenants;
}
