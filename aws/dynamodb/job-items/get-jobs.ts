import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { backoff } from '../../system/backoff.ts';
import type { Item, Table } from '../table/table.ts';
import { jobItemKey } from '../table/table-keys.ts';
import { fromItem } from './job-item.ts';
import { isTombstone } from './tombstone-item.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const maxKeysPerCall = 100;

const maxCallsPerGroup = 8;

interface JobsQuery {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly consistent?: boolean;
}

/**
 * Reads the jobs with these IDs in the order of the IDs, without deleted jobs. Eventually consistent by
 * default. Keys that DynamoDB left unprocessed are requested again; throws `unavailable` when some remain
 * unprocessed after eight calls.
 */
export async function getJobs(
  table: Table,
  { tenant, ids, consistent = false }: JobsQuery,
): Promise<readonly Job[]> {
  const groups = Array.from({ length: Math.ceil(ids.length / maxKeysPerCall) }, (_, index) =>
    ids.slice(index * maxKeysPerCall, (index + 1) * maxKeysPerCall),
  );
  const items = await Promise.all(groups.map((group) => getGroup(table, keysOf(tenant, group), consistent)));
  const jobs = new Map(
    items
      .flat()
      .filter((item) => !isTombstone(item))
      .map((item) => fromItem(item))
      .map((job) => [job.id, job]),
  );
  return ids.flatMap((id) => jobs.get(id) ?? []);
}

function keysOf(tenant: string, ids: readonly string[]): Item[] {
  // DynamoDB rejects duplicate keys.
  return [...new Set(ids)].map((jobId) => jobItemKey({ tenant, jobId }));
}

async function getGroup(table: Table, Keys: Item[], consistent: boolean): Promise<readonly Item[]> {
  const found: Item[] = [];
  let unprocessed: KeysAndAttributes | undefined = { Keys, ConsistentRead: consistent };
  for (let call = 0; call < maxCallsPerGroup; call += 1) {
    if (call > 0) await backoff(call);
    const response: Awaited<ReturnType<typeof getOnce>> = await getOnce(table, unprocessed);
    found.push(...response.items);
    unprocessed = response.unprocessed;
    if (unprocessed === undefined) return found;
  }
  throw new ProblemError(
    'unavailable',
    'The table does not have enough read capacity at the moment; try again',
  );
}

async function getOnce(table: Table, keys: KeysAndAttributes) {
  const { tableName } = table;
  const response = await table.client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: keys } }));
  const unprocessed = response.UnprocessedKeys?.[tableName];
  return {
    items: response.Responses?.[tableName] ?? [],
    unprocessed: (unprocessed?.Keys ?? []).length === 0 ? undefined : unprocessed,
  };
}
