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
import { conditionFailureOf } from './table/conditional-write.ts';
import type { Table } from './table/table.ts';
import { longPollsItemKey } from './table/table-keys.ts';

/** Layout of the item. */
const layoutVersion = 1;
/**
 * The length of the prefix of a tenant's digest; two tenants with the same prefix would share their limit.
 */
const tenantCharacters = 6;

/**
 * The leases of one shard, keyed by `leaseName`.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | shard (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `h` | M | the end of each lease, keyed by its tenant's digest and its ID: epoch seconds, rounded up |
 */
export type Leases = Readonly<Record<string, AttributeValue>>;

/** Returns the key of a lease in its shard. */
export function leaseName({ tenant, id }: Pick<LeaseRequest, 'tenant' | 'id'>): string {
  return tenantPrefix(tenant) + id;
}

function tenantPrefix(tenant: string): string {
  return digest(tenant).slice(0, tenantCharacters);
}

function endOf({ expiresAt }: LeaseRequest): AttributeValue.NMember {
  return { N: String(Math.ceil(expiresAt / 1000)) };
}

/** Returns the unexpired leases together with this one. */
export function withLease(leases: Leases, request: LeaseRequest, now: number): Leases {
  const unexpired = Object.entries(leases).filter(([, { N: end }]) => Number(end) * 1000 > now);
  return Object.fromEntries([...unexpired, [leaseName(request), endOf(request)]]);
}

/** Counts the leases of a tenant and of all tenants. */
export function countsOf(leases: Leases, tenant: string): LongPollCounts {
  const names = Object.keys(leases);
  return {
    own: names.filter((name) => name.startsWith(tenantPrefix(tenant))).length,
    total: names.length,
  };
}

/** Reads the leases of a shard, eventually consistent. */
export async function readLeases({ client, tableName }: Table, shard: number): Promise<Leases> {
  const command = new GetItemCommand({ TableName: tableName, Key: longPollsItemKey(shard) });
  return (await client.send(command)).Item?.['h']?.M ?? {};
}

/**
 * The outcome of adding a lease: all leases after it, or those that fill the shard, undefined if it has no
 * item yet.
 */
export type Addition = { readonly added: Leases } | { readonly full: Leases | undefined };

/**
 * Adds a lease unless its shard has `limit` leases, including expired ones. DynamoDB returns the item free of
 * charge.
 */
export async function addLease(table: Table, lease: Lease, limit: number): Promise<Addition> {
  const written = await update(table, lease.shard, {
    UpdateExpression: 'SET #h.#id = :end',
    ConditionExpression: 'attribute_exists(#h) AND size(#h) < :limit',
    ExpressionAttributeNames: { '#h': 'h', '#id': leaseName(lease) },
    ExpressionAttributeValues: { ':end': endOf(lease), ':limit': { N: String(limit) } },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  if ('failure' in written) return { full: written.failure.Item && (written.failure.Item['h']?.M ?? {}) };
  return { added: written.Attributes?.['h']?.M ?? {} };
}

/** Creates the shard's item with its first lease; false when the item exists already. */
export async function putFirstLease({ client, tableName }: Table, lease: Lease): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: {
      ...longPollsItemKey(lease.shard),
      z: { N: String(layoutVersion) },
      h: { M: { [leaseName(lease)]: endOf(lease) } },
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  return (await conditionFailureOf(client.send(command))) === undefined;
}

/** Replaces all leases of a shard; false when they are not the expected ones any more. */
export async function replaceLeases(
  table: Table,
  shard: number,
  { expected, next }: { readonly expected: Leases; readonly next: Leases },
): Promise<boolean> {
  const written = await update(table, shard, {
    UpdateExpression: 'SET #h = :next',
    ConditionExpression: '#h = :seen',
    ExpressionAttributeNames: { '#h': 'h' },
    ExpressionAttributeValues: { ':next': { M: next }, ':seen': { M: expected } },
  });
  return !('failure' in written);
}

/** Changes the end of a lease; false when it has expired or does not exist. */
export async function extendLease(table: Table, lease: Lease, now: number): Promise<boolean> {
  const written = await update(table, lease.shard, {
    UpdateExpression: 'SET #h.#id = :end',
    ConditionExpression: '#h.#id > :now',
    ExpressionAttributeNames: { '#h': 'h', '#id': leaseName(lease) },
    ExpressionAttributeValues: { ':end': endOf(lease), ':now': { N: String(now / 1000) } },
  });
  return !('failure' in written);
}

/** Removes a lease if it exists. */
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
  const failure = await conditionFailureOf(sent);
  return failure === undefined ? await sent : { failure };
}
