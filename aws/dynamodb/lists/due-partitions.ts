import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { idBound, timeInId } from '../../../core/jobs/model/job-id.ts';
import type { JobKey } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { type DueShard, dueShards } from '../job-items/due-shard.ts';
import { impliedCheckMs, jobIndexes, newPartition } from '../job-items/job-indexes.ts';
import { readNumber } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { jobPrefix, readJobKey } from '../table/table-keys.ts';
import { registeredTenants } from '../table/tenant-registry.ts';

/** Where due jobs are found, and where its next page begins: a shard of `due`, or the new jobs of a tenant. */
export type DuePartition = ({ readonly shard: DueShard } | { readonly tenant: string }) & {
  readonly startKey?: Item;
};

export interface DueEntry extends JobKey {
  readonly nextCheckAt: number;
}

/** All places that may hold due jobs. */
export async function duePartitions(table: Table): Promise<readonly DuePartition[]> {
  const tenants = await registeredTenants(table);
  return [...dueShards.map((shard) => ({ shard })), ...tenants.map((tenant) => ({ tenant }))];
}

/** The next entries of a place that are due by `now`, the longest due first; `next` is absent at its end. */
export async function readDuePartition(
  table: Table,
  place: DuePartition,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<{ readonly entries: readonly DueEntry[]; readonly next: DuePartition | undefined }> {
  const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      ...('shard' in place ? reportedBy(place.shard, now) : impliedBy(place.tenant, now)),
      Limit: limit,
      ...omitUndefined({ ExclusiveStartKey: place.startKey }),
    }),
  );
  return {
    entries: items.map(readEntry),
    next: last === undefined ? undefined : { ...place, startKey: last },
  };
}

function reportedBy(shard: DueShard, now: number): Partial<QueryCommandInput> {
  return {
    IndexName: jobIndexes.due.name,
    KeyConditionExpression: '#due = :shard AND #dueAt <= :now',
    ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
    ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(now) } },
  };
}

/** Ids are in the order of their times, and so of the times that they imply. */
function impliedBy(tenant: string, now: number): Partial<QueryCommandInput> {
  const behind = jobPrefix + idBound(Math.floor(now) - impliedCheckMs + 1);
  return {
    IndexName: jobIndexes.live.name,
    KeyConditionExpression: '#live = :new AND #id < :behind',
    ExpressionAttributeNames: { '#live': jobIndexes.live.partition, '#id': jobIndexes.live.sort },
    ExpressionAttributeValues: { ':new': { S: newPartition(tenant) }, ':behind': { S: behind } },
  };
}

/** An entry of `live` has no `dueAt`. */
function readEntry(item: Item): DueEntry {
  const key = readJobKey(item);
  const told = item[jobIndexes.due.sort] !== undefined;
  const nextCheckAt = told ? readNumber(item, jobIndexes.due.sort) : timeInId(key.jobId) + impliedCheckMs;
  return { ...key, nextCheckAt };
}
