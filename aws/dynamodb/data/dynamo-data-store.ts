import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DataKey, DataStore } from '../../../core/ports/data/data-store.ts';
import { conditionFailureOf, itemNotExists, putIf, versionEquals } from '../table/conditional-write.ts';
import type { Item, Table } from '../table/table.ts';
import { fromItem, toItem } from './data-item.ts';
import { dataItemKey } from './data-keys.ts';
import { addDataLabels, removeDataLabels } from './data-labels.ts';
import {
  fromItem as fromTombstoneItem,
  isTombstone,
  toItem as toTombstoneItem,
} from './data-tombstone-item.ts';

import { getDataObjects } from './get-data-objects.ts';
import { listDataPage } from './list-data-page.ts';
import { listDueData } from './list-due-data.ts';

/**
 * Stores data objects in DynamoDB. Throttling and errors that outlast the SDK's retries are thrown. `listDue`
 * and all lists without `jobId` are eventually consistent; an object that was written within the last second
 * may be missing from them.
 */
export function dynamoDataStore(table: Table): DataStore {
  return {
    async insert(data) {
      await addDataLabels(table, data);
      return (await putIf(table, toItem(data), itemNotExists)) ? 'inserted' : 'exists';
    },
    async get(key) {
      const item = await getItem(table, key);
      return item === undefined || isTombstone(item) ? undefined : fromItem(item);
    },
    getMany: (tenant, ids) => getDataObjects(table, { tenant, ids, consistent: true }),
    async replace(data, expectedVersion, before = data) {
      await addDataLabels(table, data, before);
      if (!(await putIf(table, toItem(data), versionEquals('v', expectedVersion)))) return 'conflict';
      await removeDataLabels(table, before, data);
      return 'replaced';
    },
    async replaceWithTombstone(tombstone, expectedVersion) {
      if (!(await putIf(table, toTombstoneItem(tombstone), versionEquals('v', expectedVersion))))
        return 'conflict';
      await removeDataLabels(table, tombstone.data);
      return 'replaced';
    },
    async tombstone(key) {
      const item = await getItem(table, key);
      return item !== undefined && isTombstone(item) ? fromTombstoneItem(item) : undefined;
    },
    list: (query) => listDataPage(table, query),
    listDue: (now, limit) => listDueData(table, now, limit),
    settleTombstone: (key) => settleTombstone(table, key),
  };
}

async function getItem(table: Table, key: DataKey): Promise<Item | undefined> {
  const command = new GetItemCommand({
    TableName: table.tableName,
    Key: dataItemKey(key),
    ConsistentRead: true,
  });
  return (await table.client.send(command)).Item;
}

async function settleTombstone(table: Table, key: DataKey): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: dataItemKey(key),
    UpdateExpression: 'REMOVE #due, #dueAt',
    ConditionExpression: 'attribute_exists(gone)',
    ExpressionAttributeNames: { '#due': 'due', '#dueAt': 'dueAt' },
  });
  // There is nothing to settle if the object exists, or never existed.
  await conditionFailureOf(table.client.send(command));
}
