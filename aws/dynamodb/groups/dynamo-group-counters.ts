import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addChanges, isEmpty, newGroup } from '../../../core/groups/model/add-changes.ts';
import type { GroupChange, GroupCounters, GroupKey } from '../../../core/ports/groups/group-counters.ts';
import { backoff } from '../../system/backoff.ts';
import { conditionFailureOf, itemNotExists, versionEquals } from '../table/conditional-write.ts';
import type { Item, Table } from '../table/table.ts';
import { countsOf, fromItem, type StoredGroup, toItem } from './group-item.ts';
import { groupItemKey } from './group-keys.ts';
import { listGroups } from './list-groups.ts';

const maxTries = 10;
/** A group may remember 2,000 changes, which take about 100 KB in memory. */
const maxCached = 100;

/**
 * Stores the counts of groups in DynamoDB. The last written state is cached, so that a count usually takes one
 * write and no read. When another process has written since, the condition fails, and DynamoDB returns the stored
 * item with the failure, free of charge
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html). If an earlier try of the SDK
 * wrote the item, it remembers the changes, so they are not counted again. Throws after ten conflicts.
 */
export function dynamoGroupCounters(table: Table): GroupCounters {
  const cache = new Map<string, StoredGroup>();
  return {
    async count(key, changes) {
      const name = JSON.stringify([key.tenant, key.group]);
      const cached = cache.get(name);
      cache.delete(name);
      addToCache(cache, name, await addToGroup(table, key, { changes, cached }));
    },
    async get(key) {
      const stored = await read(table, key);
      return isEmpty(stored) ? undefined : countsOf(stored);
    },
    list: (query) => listGroups(table, query),
  };
}

/** Adds the changes to the group and returns the stored group. */
async function addToGroup(
  table: Table,
  key: GroupKey,
  { changes, cached }: { readonly changes: readonly GroupChange[]; readonly cached: StoredGroup | undefined },
): Promise<StoredGroup> {
  let current = cached ?? (await read(table, key));
  for (let tryNumber = 1; tryNumber <= maxTries; tryNumber += 1) {
    const added = addChanges(current, changes);
    if (added === undefined) return current;
    const next: StoredGroup = { ...added, version: current.version + 1 };
    const stored = await replace(table, next, current.version);
    if (stored === undefined) return next;
    current = stored;
    await backoff(tryNumber);
  }
  throw new Error(
    `The counts of the group could not be updated: ${maxTries} writes conflicted with other writes`,
  );
}

/** Writes a group if the stored one has the expected version; otherwise returns the stored one. */
async function replace(
  { client, tableName }: Table,
  group: StoredGroup,
  expectedVersion: number,
): Promise<StoredGroup | undefined> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: toItem(group),
    ...(expectedVersion === 0 ? itemNotExists : versionEquals('v', expectedVersion)),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(client.send(command));
  return failure === undefined ? undefined : fromStored(group, failure.Item);
}

async function read({ client, tableName }: Table, key: GroupKey): Promise<StoredGroup> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: groupItemKey(key),
    ConsistentRead: true,
  });
  return fromStored(key, (await client.send(command)).Item);
}

function fromStored({ tenant, group }: GroupKey, item: Item | undefined): StoredGroup {
  return item === undefined ? { ...newGroup({ tenant, group }), version: 0 } : fromItem(item);
}

/** Adds an entry and evicts the least recently used one: a map keeps the order of insertion. */
function addToCache(cache: Map<string, StoredGroup>, name: string, group: StoredGroup): void {
  const oldest = cache.size >= maxCached ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(name, group);
}
