import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { fromItem } from '../job-items/job-item.ts';
import { isTombstone } from '../job-items/tombstone-item.ts';
import type { Item, Table } from '../table/table.ts';
import { jobItemKey, jobPrefix, readJobKey, tenantPartition } from '../table/table-keys.ts';
import type { IdSpan } from './indexed-job-ids.ts';
import type { ReadJobBatch } from './job-batch.ts';

/** Reads all jobs of a tenant in order from the table itself. Eventually consistent, at half the price. */
export function readByTable(
  table: Table,
  tenant: string,
  { order, from, to, after }: Omit<IdSpan, 'pageSize'>,
): ReadJobBatch {
  let startKey: Item | undefined = after === undefined ? undefined : jobItemKey({ tenant, jobId: after });
  return async (count) => {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':from': { S: jobPrefix + from },
          ':to': { S: jobPrefix + to },
        },
        ScanIndexForward: order === 'asc',
        Limit: count,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    startKey = last;
    const next = last === undefined ? {} : { next: readJobKey(last).jobId };
    return {
      jobs: items.filter((item) => !isTombstone(item)).map(fromItem),
      examined: items.length,
      ...next,
    };
  };
}
