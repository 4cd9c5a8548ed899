import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { addEnds } from '../../core/jobs/queries/add-ends.ts';
import type { CounterKey, JobCounters, JobEnd } from '../../core/ports/job-counters.ts';
import { backoff } from '../system/backoff.ts';
import { fromItem, newCounter, type StoredCounter, toItem } from './counter-item.ts';
import { listCounters, newestCounters } from './list-counters.ts';
import { countIs, isNew, putIf } from './table/conditional-write.ts';
import type { Table } from './table/table.ts';
import { counterItemKey } from './table/table-keys.ts';

const maxTries = 10;
const maxKept = 500;

/**
 * Counters in DynamoDB. What was written last is kept in memory, so that the usual count is one write and no read;
 * when somebody else has written since, the write is refused and the counter read again. Throws after ten refusals.
 */
export function dynamoJobCounters(table: Table): JobCounters {
  const kept = new Map<string, StoredCounter>();
  return {
    async count(key, ends) {
      const name = JSON.stringify([key.tenant, key.service, key.day]);
      const known = kept.get(name);
      kept.delete(name);
      keep(kept, name, await countOn(table, key, { ends, known }));
    },
    list: (query) => listCounters(table, query),
    newest: (key, limit) => newestCounters(table, key, limit),
  };
}

/** Counts, and answers the counter as it is stored then. */
async function countOn(
  table: Table,
  key: CounterKey,
  { ends, known }: { readonly ends: readonly JobEnd[]; readonly known: StoredCounter | undefined },
): Promise<StoredCounter> {
  let current = known ?? (await read(table, key));
  for (let tried = 1; tried <= maxTries; tried += 1) {
    const added = addEnds(current, ends);
    if (added === undefined) return current;
    const next: StoredCounter = { ...added, ...key, version: current.version + 1 };
    const condition = current.version === 0 ? isNew : countIs('v', current.version);
    if (await putIf(table, toItem(next), condition)) return next;
    await backoff(tried);
    current = await read(table, key);
  }
  throw new Error(`The counter of ${key.service} on ${key.day} is being changed by others`);
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

/** A map keeps the order of insertion, so its first entry is the one that was counted on longest ago. */
function keep(kept: Map<string, StoredCounter>, name: string, counter: StoredCounter): void {
  const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(name, counter);
}
