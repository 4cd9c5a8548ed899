import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { ProblemError } from '../core/contract/problem-error.ts';
import type { Job } from '../core/jobs/job.ts';
import { backoff } from './backoff.ts';
import { fromItem } from './job-item.ts';
import type { Item, Table } from './table.ts';
import { jobItemKey } from './table-keys.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const maxKeysPerCall = 100;

const maxCallsPerGroup = 8;

/**
 * The jobs of these ids in the order of the ids, without those that are gone. Eventually consistent. Keys that
 * DynamoDB left unprocessed are asked for again; throws `unavailable` when some still are after eight calls.
 */
export async function getJobs(table: Table, tenant: string, ids: readonly string[]): Promise<readonly Job[]> {
  const groups = Array.from({ length: Math.ceil(ids.length / maxKeysPerCall) }, (_, index) =>
    ids.slice(index * maxKeysPerCall, (index + 1) * maxKeysPerCall),
  );
  const items = await Promise.all(groups.map((group) => getGroup(table, tenant, group)));
  const jobs = new Map(
    items
      .flat()
      .map((item) => fromItem(item))
      .map((job) => [job.id, job]),
  );
  return ids.flatMap((id) => jobs.get(id) ?? []);
}

async function getGroup(table: Table, tenant: string, ids: readonly string[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  let open: KeysAndAttributes | undefined = { Keys: ids.map((jobId) => jobItemKey({ tenant, jobId })) };
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
