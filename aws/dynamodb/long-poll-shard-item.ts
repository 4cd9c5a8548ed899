import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { LongPollCounts } from '../../core/jobs/waiting/fair-share.ts';
import type { Lease, LeaseRequest } from '../../core/ports/long-polls.ts';
import { digest } from '../../core/std/digest.ts';
import { refusalOf } from './table/conditional-write.ts';
import type { Table } from './table/table.ts';
import { longPollsItemKey } from './table/table-keys.ts';

/** Layout of the item. */
const schemaVersion = 1;
/** Of a tenant's digest; two tenants with the same characters would share their limit. */
const tenantCharacters = 6;

/**
 * Leases of one shard, by the names that `leaseName` makes.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `pk` `sk` | S | shard (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `h` | M | for each lease, by its tenant's digest and its id, when it ends: seconds since 1970, rounded up |
 */
export type Leases = Readonly<Record<string, AttributeValue>>;

/** What a lease is called in its shard. */
export function leaseName({ tenant, id }: Pick<LeaseRequest, 'tenant' | 'id'>): string {
  return tenantPrefix(tenant) + id;
}

function tenantPrefix(tenant: string): string {
  return digest(tenant).slice(0, tenantCharacters);
}

function endOf({ expiresAt }: LeaseRequest): AttributeValue.NMember {
  return { N: String(Math.ceil(expiresAt / 1000)) };
}

/** The leases that have not expired, with this one. */
export function withLease(leases: Leases, request: LeaseRequest, now: number): Leases {
  const running = Object.entries(leases).filter(([, { N: end }]) => Number(end) * 1000 > now);
  return Object.fromEntries([...running, [leaseName(request), endOf(request)]]);
}

/** Counts leases of a tenant and of all. */
export function countsOf(leases: Leases, tenant: string): LongPollCounts {
  const names = Object.keys(leases);
  return {
    own: names.filter((name) => name.startsWith(tenantPrefix(tenant))).length,
    total: names.length,
  };
}

/** The leases of a shard as they were a moment ago. */
export async function readLeases({ client, tableName }: Table, shard: number): Promise<Leases> {
  const command = new GetItemCommand({ TableName: tableName, Key: longPollsItemKey(shard) });
  return (await client.send(command)).Item?.['h']?.M ?? {};
}

/** What came of adding a lease: the leases with it, or those that left no room; undefined: the shard has no item yet. */
export type Addition = { readonly added: Leases } | { readonly full: Leases | undefined };

/** Adds a lease unless its shard has `limit` of them, expired ones included. DynamoDB returns the item free of charge. */
export async function addLease(table: Table, lease: Lease, limit: number): Promise<Addition> {
  const written = await update(table, lease.shard, {
    UpdateExpression: 'SET #h.#id = :end',
    ConditionExpression: 'attribute_exists(#h) AND size(#h) < :limit',
    ExpressionAttributeNames: { '#h': 'h', '#id': leaseName(lease) },
    ExpressionAttributeValues: { ':end': endOf(lease), ':limit': { N: String(limit) } },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  if ('refusal' in written) return { full: written.refusal.Item && (written.refusal.Item['h']?.M ?? {}) };
  return { added: written.Attributes?.['h']?.M ?? {} };
}

/** Makes the shard's item with its first lease; false when there is one already. */
export async function putFirstLease({ client, tableName }: Table, lease: Lease): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: {
      ...longPollsItemKey(lease.shard),
      z: { N: String(schemaVersion) },
      h: { M: { [leaseName(lease)]: endOf(lease) } },
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  return (await refusalOf(client.send(command))) === undefined;
}

/** Writes all leases of a shard; false when they are no longer the ones that were seen. */
export async function replaceLeases(
  table: Table,
  shard: number,
  { seen, next }: { readonly seen: Leases; readonly next: Leases },
): Promise<boolean> {
  const written = await update(table, shard, {
    UpdateExpression: 'SET #h = :next',
    ConditionExpression: '#h = :seen',
    ExpressionAttributeNames: { '#h': 'h' },
    ExpressionAttributeValues: { ':next': { M: next }, ':seen': { M: seen } },
  });
  return !('refusal' in written);
}

/** Moves the end of a lease; false when it has expired or is not there. */
export async function moveEnd(table: Table, lease: Lease, now: number): Promise<boolean> {
  const written = await update(table, lease.shard, {
    UpdateExpression: 'SET #h.#id = :end',
    ConditionExpression: '#h.#id > :now',
    ExpressionAttributeNames: { '#h': 'h', '#id': leaseName(lease) },
    ExpressionAttributeValues: { ':end': endOf(lease), ':now': { N: String(now / 1000) } },
  });
  return !('refusal' in written);
}

/** Removes a lease, if it is there. */
export async function removeLease(table: Table, lease: Lease): Promise<void> {
  await update(table, lease.shard, {
    UpdateExpression: 'REMOVE #h.#id',
    ConditionExpression: 'attribute_exists(#h.#id)',
    ExpressionAttributeNames: { '#h': 'h', '#id': leaseName(lease) },
  });
}

async function update(
  { client, tableName }: Table,
  shard: number,
  change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
) {
  const input = { TableName: tableName, Key: longPollsItemKey(shard), ...change };
  const sent = client.send(new UpdateItemCommand(input));
  const refusal = await refusalOf(sent);
  return refusal === undefined ? await sent : { refusal };
}
