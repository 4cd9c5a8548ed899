import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { readText } from './item-attributes.ts';
import type { Item, Table } from './table.ts';
import { tenantItemKey, tenantsPartition } from './table-keys.ts';

/** Registers a tenant unless this registry has done so before. */
export type RegisterTenant = (tenant: string) => Promise<void>;

/**
 * Remembers the registered tenants for the lifetime of the process, so that later jobs cost no further write.
 * Entries are never removed, so the memory stays valid.
 */
export function tenantRegistry(table: Table): RegisterTenant {
  const written = new Map<string, Promise<void>>();
  return (tenant) => {
    const registration = written.get(tenant);
    if (registration !== undefined) return registration;
    const write = writeTenant(table, tenant);
    written.set(tenant, write);
    write.catch(() => written.delete(tenant));
    return write;
  };
}

async function writeTenant({ client, tableName }: Table, tenant: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName: tableName, Item: tenantItemKey(tenant) }));
}

/** Lists all registered tenants. Eventually consistent: an entry exists long before its first job is due. */
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
