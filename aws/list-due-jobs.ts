import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { JobKey } from '../core/ports/job-store.ts';
import { type DueShard, dueShards } from './due-shard.ts';
import { readNumber } from './item-attributes.ts';
import { jobIndexes } from './job-indexes.ts';
import type { Item, Table } from './table.ts';
import { readJobKey } from './table-keys.ts';

/** A shard, and where its next page begins. */
interface Place {
  readonly shard: DueShard;
  readonly startKey?: Item;
}

/**
 * The jobs that are due by `now`, at most `limit`, those waiting longest first within a round over all shards.
 * Each round asks every shard that has more for an equal share, so the cost grows with what is due only.
 */
export async function listDueJobs(table: Table, now: number, limit: number): Promise<readonly JobKey[]> {
  const due: JobKey[] = [];
  let places: readonly Place[] = dueShards.map((shard) => ({ shard }));
  while (due.length < limit && places.length > 0) {
    const share = Math.ceil((limit - due.length) / places.length);
    const pages = await Promise.all(places.map((place) => readShard(table, place, { now, share })));
    const entries = pages.flatMap((page) => page.entries);
    due.push(
      ...entries
        .sort((left, right) => readNumber(left, 'dueAt') - readNumber(right, 'dueAt'))
        .map(readJobKey),
    );
    places = pages.flatMap(({ next }) => next ?? []);
  }
  return due.slice(0, limit);
}

async function readShard(
  table: Table,
  { shard, startKey }: Place,
  { now, share }: { readonly now: number; readonly share: number },
): Promise<{ readonly entries: readonly Item[]; readonly next: Place | undefined }> {
  const { Items: entries = [], LastEvaluatedKey: last } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: jobIndexes.due.name,
      KeyConditionExpression: '#due = :shard AND #dueAt <= :now',
      ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
      ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(now) } },
      Limit: share,
      ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
    }),
  );
  return { entries, next: last === undefined ? undefined : { shard, startKey: last } };
}
