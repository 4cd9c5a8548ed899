import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { addEnds } from '../../core/jobs/queries/add-ends.ts';
import type { CounterKey, JobCounters, JobEnd } from '../../core/ports/job-counters.ts';
import { backoff } from '../system/backoff.ts';
import { fromItem, newCounter, type StoredCounter, toItem } from './counter-item.ts';
import { listCounters, newestCounters } from './list-counters.ts';
import { itemNotExists, putIf, versionEquals } from './table/conditional-write.ts';
import type { Table } from './table/table.ts';
import { counterItemKey } from './table/table-keys.ts';

const maxTries = 10;
const maxCached = 500;

/**
 * Stores counters in DynamoDB. The last written state is cached, so that a count usually takes one write and
 * no read. When another process has written since, the condition fails and the counter is read again. Throws
 * after ten failures.
 */
export function dynamoJobCounters(table: Table): JobCounters {
  const cache = new Map<string, StoredCounter>();
  return {
    async count(key, ends) {
      const name = JSON.stringify([key.tenant, key.service, key.day]);
      const cached = cache.get(name);
      cache.delete(name);
      addToCache(cache, name, await addToCounter(table, key, { ends, cached: cached }));
    },
    list: (query) => listCounters(table, query),
    newest: (key, limit) => newestCounters(table, key, limit),
  };
}

/** Adds the ends to the counter and returns the stored counter. */
async function addToCounter(
  table: Table,
  key: CounterKey,
  { ends, cached }: { readonly ends: readonly JobEnd[]; readonly cached: StoredCounter | undefined },
): Promise<StoredCounter> {
  let current = cached ?? (await read(table, key));
  for (let tryNumber = 1; tryNumber <= maxTries; tryNumber += 1) {
    const added = addEnds(current, ends);
    if (added === undefined) return current;
    const next: StoredCounter = { ...added, ...key, version: current.version + 1 };
    const condition = current.version === 0 ? itemNotExists : versionEquals('v', current.version);
    if (await putIf(table, toItem(next), condition)) return next;
    await backoff(tryNumber);
    current = await read(table, key);
  }
  throw new Error(
    `The counter of ${key.service} on ${key.day} could not be updated: ${maxTries} writes conflicted with other writes`,
  );
}

async function read({ client, tableName }: Table, key: CounterKey): Promise<StoredCounter> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: counterItemKey(key),
    ConsistentRead: true,
  });
  const { Item: item } = await client.send(command);
  return item === undefined ? newCounter(key) : fromItem(item);
}

/** Adds an entry and evicts the least recently used one: a map keeps the order of insertion. */
function addToCache(cache: Map<string, StoredCounter>, name: string, counter: StoredCounter): void {
  const oldest = cache.size >= maxCached ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(name, counter);
}
