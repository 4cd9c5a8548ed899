import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ReadJobBatch } from './job-batch.ts';
import { fromItem } from './job-item.ts';
import type { Item, Table } from './table.ts';
import { jobItemKey, jobPrefix, readJobKey, tenantPartition } from './table-keys.ts';

/** Reads all jobs of a tenant, newest first, from the table itself. Eventually consistent, at half the price. */
export function readByTable(
  table: Table,
  { tenant, beforeId }: { readonly tenant: string; readonly beforeId?: string },
): ReadJobBatch {
  let startKey: Item | undefined =
    beforeId === undefined ? undefined : jobItemKey({ tenant, jobId: beforeId });
  return async (count) => {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':tenant': { S: tenantPartition(tenant) }, ':prefix': { S: jobPrefix } },
        ScanIndexForward: false,
        Limit: count,
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    startKey = last;
    const next = last === undefined ? {} : { next: readJobKey(last).jobId };
    return { jobs: items.map(fromItem), examined: items.length, ...next };
  };
}
