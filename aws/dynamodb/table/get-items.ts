import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { backoff } from '../../system/backoff.ts';
import type { Item, Table } from './table.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const maxKeysPerCall = 100;

const maxCallsPerGroup = 8;

/**
 * Reads the items with these distinct keys, in any order. Eventually consistent by default. Keys that DynamoDB
 * left unprocessed are requested again; throws `unavailable` when some remain unprocessed after eight calls.
 */
export async function getItems(
  table: Table,
  keys: readonly Item[],
  consistent = false,
): Promise<readonly Item[]> {
  const groups = Array.from({ length: Math.ceil(keys.length / maxKeysPerCall) }, (_, index) =>
    keys.slice(index * maxKeysPerCall, (index + 1) * maxKeysPerCall),
  );
  return (await Promise.all(groups.map((group) => getGroup(table, group, consistent)))).flat();
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
