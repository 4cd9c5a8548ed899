import {
  type AttributeValue,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { HeldCalls, Lease } from '../core/ports/held-calls.ts';
import { refusalOf } from './conditional-write.ts';
import type { Table } from './table.ts';
import { heldCallsItemKey } from './table-keys.ts';

/** Layout of the item. */
const schemaVersion = 1;
const maxTries = 5;

type Leases = Readonly<Record<string, AttributeValue>>;
type Change = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/**
 * Leases in DynamoDB, all of a tenant in one item. Taking, renewing and releasing are one write each and read nothing, and since
 * DynamoDB counts the map itself, calls that begin at once do not get in each other's way.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `h` | M | for each lease, by its id, when it ends: seconds since 1970, rounded up |
 */
export function dynamoHeldCalls(table: Table): HeldCalls {
  return {
    async take(lease, limit, now) {
      for (let tried = 0; tried < maxTries; tried += 1) {
        const outcome = await tryToTake(table, lease, { limit, now });
        if (outcome !== 'lost') return outcome;
      }
      return 'full';
    },
    async renew(lease) {
      const refusal = await update(table, lease.tenant, {
        UpdateExpression: 'SET #h.#id = :end',
        ConditionExpression: 'attribute_exists(#h.#id)',
        ExpressionAttributeNames: { '#h': 'h', '#id': lease.id },
        ExpressionAttributeValues: { ':end': endOf(lease) },
      });
      return refusal === undefined ? 'renewed' : 'lost';
    },
    async release({ tenant, id }) {
      await update(table, tenant, {
        UpdateExpression: 'REMOVE #h.#id',
        ConditionExpression: 'attribute_exists(#h.#id)',
        ExpressionAttributeNames: { '#h': 'h', '#id': id },
      });
    },
  };
}

/** `lost`: somebody else changed the item in between. */
async function tryToTake(
  table: Table,
  lease: Lease,
  { limit, now }: { readonly limit: number; readonly now: number },
): Promise<'taken' | 'full' | 'lost'> {
  if (limit < 1) return 'full';
  const refusal = await add(table, lease, limit);
  if (refusal === undefined) return 'taken';
  if (refusal.Item === undefined) return (await putFirst(table, lease)) ? 'taken' : 'lost';
  const there = refusal.Item['h']?.M ?? {};
  // An earlier try of the SDK may have taken the last place, with its answer lost.
  if (lease.id in there) return 'taken';
  const running = Object.entries(there).filter(([, { N: end }]) => Number(end) * 1000 > now);
  if (running.length >= limit) return 'full';
  const next = Object.fromEntries([...running, [lease.id, endOf(lease)]]);
  return (await replace(table, lease.tenant, { there, next })) ? 'taken' : 'lost';
}

/** Undefined when the lease is in the item now; else with the item that is there, as DynamoDB tells it free of charge. */
async function add(table: Table, lease: Lease, limit: number) {
  return update(table, lease.tenant, {
    UpdateExpression: 'SET #h.#id = :end',
    ConditionExpression: 'attribute_exists(#h) AND size(#h) < :limit',
    ExpressionAttributeNames: { '#h': 'h', '#id': lease.id },
    ExpressionAttributeValues: { ':end': endOf(lease), ':limit': { N: String(limit) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/** The first lease of a tenant brings the item. */
async function putFirst(table: Table, lease: Lease): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: table.tableName,
    Item: {
      ...heldCallsItemKey(lease.tenant),
      z: { N: String(schemaVersion) },
      h: { M: { [lease.id]: endOf(lease) } },
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  return (await refusalOf(table.client.send(command))) === undefined;
}

/** Only a full item is cleared of what has expired, on condition that it is still the one that was seen. */
async function replace(
  table: Table,
  tenant: string,
  { there, next }: { readonly there: Leases; readonly next: Leases },
): Promise<boolean> {
  const refusal = await update(table, tenant, {
    UpdateExpression: 'SET #h = :next',
    ConditionExpression: '#h = :there',
    ExpressionAttributeNames: { '#h': 'h' },
    ExpressionAttributeValues: { ':next': { M: next }, ':there': { M: there } },
  });
  return refusal === undefined;
}

function update(table: Table, tenant: string, change: Change) {
  const Key = heldCallsItemKey(tenant);
  return refusalOf(table.client.send(new UpdateItemCommand({ TableName: table.tableName, Key, ...change })));
}

function endOf({ expiresAt }: Lease): AttributeValue.NMember {
  return { N: String(Math.ceil(expiresAt / 1000)) };
}
