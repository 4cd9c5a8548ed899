import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { jobIndexes } from './job-indexes.ts';
import type { Item, Table } from './table.ts';
import { jobItemKey, readJobKey } from './table-keys.ts';

/** A partition of an index whose sort key is the job's. */
interface IndexedJobs {
  readonly tenant: string;
  readonly index: (typeof jobIndexes)['live' | 'service'];
  readonly partition: string;
  readonly beforeId?: string;
  /** Keys to read at a time. */
  readonly pageSize: number;
}

/** The ids in one partition of an index, newest first, read page by page as they are taken. */
export async function* indexedJobIds(table: Table, jobs: IndexedJobs): AsyncGenerator<string, void> {
  let startKey = firstKey(jobs);
  do {
    const { Items: entries = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: jobs.index.name,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': jobs.index.partition },
        ExpressionAttributeValues: { ':partition': { S: jobs.partition } },
        ScanIndexForward: false,
        Limit: jobs.pageSize,
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    for (const entry of entries) yield readJobKey(entry).jobId;
    startKey = last;
  } while (startKey !== undefined);
}

/** A query goes on after a key whether or not something still has it. */
function firstKey({ tenant, index, partition, beforeId }: IndexedJobs): Item | undefined {
  if (beforeId === undefined) return undefined;
  return { ...jobItemKey({ tenant, jobId: beforeId }), [index.partition]: { S: partition } };
}
