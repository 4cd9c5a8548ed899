import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { JobStore } from '../core/ports/job-store.ts';
import { countIs, isNew, putIf } from './conditional-write.ts';
import { fromItem, toItem } from './job-item.ts';
import { listDueJobs } from './list-due-jobs.ts';
import { listJobPage } from './list-job-page.ts';
import type { Table } from './table.ts';
import { jobItemKey } from './table-keys.ts';

/**
 * Jobs in DynamoDB. Throttling and faults that outlast the SDK's retries are thrown. Lists and what is due are
 * eventually consistent; a job that was written within the last second may be missing from them.
 */
export function dynamoJobStore(table: Table): JobStore {
  return {
    async insert(job) {
      return (await putIf(table, toItem(job), isNew)) ? 'inserted' : 'exists';
    },
    async replace(job, expectedVersion) {
      return (await putIf(table, toItem(job), countIs('v', expectedVersion))) ? 'replaced' : 'conflict';
    },
    async get(key) {
      const command = new GetItemCommand({
        TableName: table.tableName,
        Key: jobItemKey(key),
        ConsistentRead: true,
      });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromItem(item);
    },
    list: (query) => listJobPage(table, query),
    listDue: (now, limit) => listDueJobs(table, now, limit),
  };
}
