import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { JobKey, JobStore } from '../../../core/ports/job-store.ts';
import { isInNewPartition } from '../job-items/job-indexes.ts';
import { fromItem, toItem } from '../job-items/job-item.ts';
import {
  fromItem as fromTombstoneItem,
  isTombstone,
  toItem as toTombstoneItem,
} from '../job-items/tombstone-item.ts';
import { itemNotExists, putIf, versionEquals } from '../table/conditional-write.ts';
import type { Item, Table } from '../table/table.ts';
import { jobItemKey } from '../table/table-keys.ts';
import { tenantRegistry } from '../table/tenant-registry.ts';
import { addLabels, removeLabels } from './job-labels.ts';

/**
 * Stores jobs in DynamoDB. Throttling and errors that outlast the SDK's retries are thrown. `list` and
 * `listDue` are eventually consistent; a job that was written within the last second may be missing from
 * them.
 */
export function dynamoJobStore(table: Table): JobStore {
  const register = tenantRegistry(table);
  const lists = async () => (await import('../lists/job-lists.ts')).jobLists(table);
  /**
   * Writes the entries of the job that must exist before it, so that every list finds it: its labels, and the
   * entry of its tenant. Returns the item of the job.
   */
  const writeLabelsAndTenant = async (job: Job, before?: Job): Promise<Item> => {
    const item = toItem(job);
    await Promise.all([
      isInNewPartition(item) ? register(job.tenant) : undefined,
      addLabels(table, job, before),
    ]);
    return item;
  };
  return {
    async insert(job) {
      return (await putIf(table, await writeLabelsAndTenant(job), itemNotExists)) ? 'inserted' : 'exists';
    },
    async replace(job, expectedVersion, before = job) {
      const item = await writeLabelsAndTenant(job, before);
      if (!(await putIf(table, item, versionEquals('v', expectedVersion)))) return 'conflict';
      await removeLabels(table, before, job);
      return 'replaced';
    },
    async get(key) {
      const item = await getItem(table, key);
      return item === undefined || isTombstone(item) ? undefined : fromItem(item);
    },
    getMany: async (tenant, jobIds) => (await lists()).getMany(tenant, jobIds),
    getRecords: async (tenant, jobIds) => (await lists()).getRecords(tenant, jobIds),
    async replaceWithTombstone(tombstone, expectedVersion, before = tombstone.job) {
      if (!(await putIf(table, toTombstoneItem(tombstone), versionEquals('v', expectedVersion))))
        return 'conflict';
      await removeLabels(table, before);
      return 'replaced';
    },
    async tombstone(key) {
      const item = await getItem(table, key);
      return item !== undefined && isTombstone(item) ? fromTombstoneItem(item) : undefined;
    },
    list: async (query) => (await lists()).list(query),
    listDue: async (now, limit) => (await lists()).listDue(now, limit),
  };
}

async function getItem(table: Table, key: JobKey): Promise<Item | undefined> {
  const command = new GetItemCommand({
    TableName: table.tableName,
    Key: jobItemKey(key),
    ConsistentRead: true,
  });
  const { Item: item } = await table.client.send(command);
  return item;
}
