import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type {
  OperationKey,
  OperationListQuery,
  OperationPage,
  OperationStore,
} from '../../../core/ports/operations/operation-store.ts';
import { jobIndexes } from '../job-items/job-indexes.ts';
import { itemNotExists, putIf, versionEquals } from '../table/conditional-write.ts';
import type { Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import { fromItem, toItem } from './operation-item.ts';
import {
  dueOperationsPartition,
  operationItemKey,
  operationPrefix,
  readOperationKey,
  runningPartition,
} from './operation-keys.ts';
import { getChunk, listRefusals, putChunk, putRefusals } from './operation-parts.ts';

/** Stores operations in DynamoDB. `countRunning` and `listDue` read indexes, which are eventually consistent. */
export function dynamoOperationStore(table: Table): OperationStore {
  return {
    async insert(operation) {
      return (await putIf(table, toItem(operation), itemNotExists)) ? 'inserted' : 'exists';
    },
    async get(key) {
      const command = new GetItemCommand({
        TableName: table.tableName,
        Key: operationItemKey(key),
        ConsistentRead: true,
      });
      const { Item: item } = await table.client.send(command);
      return item && fromItem(item);
    },
    async replace(operation, expectedVersion) {
      const isWritten = await putIf(table, toItem(operation), versionEquals('v', expectedVersion));
      return isWritten ? 'replaced' : 'conflict';
    },
    list: (query) => listOperations(table, query),
    countRunning: (tenant, limit) => countRunning(table, tenant, limit),
    listDue: (now, limit) => listDue(table, now, limit),
    putChunk: (key, chunk) => putChunk(table, key, chunk),
    getChunk: (key, number) => getChunk(table, key, number),
    putRefusals: (key, page) => putRefusals(table, key, page),
    listRefusals: (key, from, limit) => listRefusals(table, key, { from, limit }),
  };
}

/** One more item than requested shows whether there is a next page. */
async function listOperations(
  table: Table,
  { tenant, after, limit }: OperationListQuery,
): Promise<OperationPage> {
  const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':tenant': { S: tenantPartition(tenant) },
        ':first': { S: operationPrefix },
        // An ID consists of hexadecimal digits and hyphens: the bound includes the position itself.
        ':last': { S: operationPrefix + (after ?? 'g') },
      },
      ScanIndexForward: false,
      Limit: limit + 2,
    }),
  );
  const behind = items.map(fromItem).filter(({ id }) => id !== after);
  const operations = behind.slice(0, limit);
  const position = operations.at(-1)?.id;
  const hasMore = behind.length > limit || last !== undefined;
  return { operations, ...(position !== undefined && hasMore ? { next: position } : {}) };
}

async function countRunning(table: Table, tenant: string, limit: number): Promise<number> {
  const { Count: count = 0 } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: jobIndexes.live.name,
      KeyConditionExpression: '#live = :running',
      ExpressionAttributeNames: { '#live': jobIndexes.live.partition },
      ExpressionAttributeValues: { ':running': { S: runningPartition(tenant) } },
      Select: 'COUNT',
      Limit: limit,
    }),
  );
  return count;
}

async function listDue(table: Table, now: number, limit: number): Promise<readonly OperationKey[]> {
  const { Items: items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: jobIndexes.due.name,
      KeyConditionExpression: '#due = :partition AND #dueAt <= :now',
      ExpressionAttributeNames: { '#due': jobIndexes.due.partition, '#dueAt': jobIndexes.due.sort },
      ExpressionAttributeValues: { ':partition': { S: dueOperationsPartition }, ':now': { N: String(now) } },
      Limit: limit,
    }),
  );
  return items.map(readOperationKey);
}
