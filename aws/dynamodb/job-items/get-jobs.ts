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
 * The jobs of these ids in the order of the ids, without those that are gone. Eventually consistent unless
 * told otherwise. Keys that DynamoDB left unprocessed are asked for again; throws `unavailable` when some still are after eight calls.
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
  // DynamoDB refuses a key that is given twice.
  return [...new Set(ids)].map((jobId) => jobItemKey({ tenant, jobId }));
}

async function getGroup(table: Table, Keys: Item[], consistent: boolean): Promise<readonly Item[]> {
  const found: Item[] = [];
  let open: KeysAndAttributes | undefined = { Keys, ConsistentRead: consistent };
  for (let call = 0; call < maxCallsPerGroup; call += 1) {
    if (call > 0) await backoff(call);
    const answer: Awaited<ReturnType<typeof getOnce>> = await getOnce(table, open);
    found.push(...answer.items);
    open = answer.open;
    if (open === undefined) return found;
  }
  throw new ProblemError('unavailable', 'The table could not be read fast enough; try again');
}

async function getOnce(table: Table, keys: KeysAndAttributes) {
  const { tableName } = table;
  const answer = await table.client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: keys } }));
  const open = answer.UnprocessedKeys?.[tableName];
  return {
    items: answer.Responses?.[tableName] ?? [],
    open: (open?.Keys ?? []).length === 0 ? undefined : open,
  };
}
