import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { JobKey } from '../../../../core/ports/job-store.ts';
import { idBound, timeInId } from '../../../../core/std/id-time.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import { type DueShard, dueShards } from '../../job-items/due-shard.ts';
import { defaultFirstCheckMs, jobIndexes, newPartition } from '../../job-items/job-indexes.ts';
import { readNumber } from '../../table/item-attributes.ts';
import type { Item, Table } from '../../table/table.ts';
import { jobPrefix, readJobKey } from '../../table/table-keys.ts';
import { registeredTenants } from '../../table/tenant-registry.ts';

/**
 * A partition with due jobs and the start of its next page: a shard of `due`, or the new jobs of a tenant.
 */
export type DuePartition = ({ readonly shard: DueShard } | { readonly tenant: string }) & {
  readonly startKey?: Item;
};

export interface DueEntry extends JobKey {
  readonly nextCheckAt: number;
}

/** Lists all partitions that may contain due jobs. */
export async function duePartitions(table: Table): Promise<readonly DuePartition[]> {
  const tenants = await registeredTenants(table);
  return [...dueShards.map((shard) => ({ shard })), ...tenants.map((tenant) => ({ tenant }))];
}

/**
 * Reads the next entries of a partition that are due at `now`, the longest due first; `next` is absent at the
 * end.
 */
export async function readDuePartition(
  table: Table,
  partition: DuePartition,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<{ readonly entries: readonly DueEntry[]; readonly next: DuePartition | undefined }> {
  const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      ...('shard' in partition
        ? storedDueQuery(partition.shard, now)
        : impliedDueQuery(partition.tenant, now)),
      Limit: limit,
      ...omitUndefined({ ExclusiveStartKey: partition.startKey }),
    }),
  );
  return {
    entries: items.map(readEntry),
    next: last === undefined ? undefined : { ...partition, startKey: last },
  };
}

function storedDueQuery(shard: DueShard, now: number): Partial<QueryCommandInput> {
  return {
    IndexName: jobIndexes.due.name,
    KeyConditionExpression: '#due = :shard AND #dueAt <= :now',
    ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
    ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(now) } },
  };
}

/** IDs are sorted by their time, and therefore by the check time that they imply. */
function impliedDueQuery(tenant: string, now: number): Partial<QueryCommandInput> {
  const bound = jobPrefix + idBound(Math.floor(now) - defaultFirstCheckMs + 1);
  return {
    IndexName: jobIndexes.live.name,
    KeyConditionExpression: '#live = :new AND #id < :behind',
    ExpressionAttributeNames: { '#live': jobIndexes.live.partition, '#id': jobIndexes.live.sort },
    ExpressionAttributeValues: { ':new': { S: newPartition(tenant) }, ':behind': { S: bound } },
  };
}

/** An entry of `live` has no `dueAt`; its check time is implied. */
function readEntry(item: Item): DueEntry {
  const key = readJobKey(item);
  const isStored = item[jobIndexes.due.sort] !== undefined;
  const nextCheckAt = isStored
    ? readNumber(item, jobIndexes.due.sort)
    : timeInId(key.jobId) + defaultFirstCheckMs;
  return { ...key, nextCheckAt };
}
