import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toItem } from '../../../../aws/dynamodb/data/data-item.ts';
import { dataTagPrefix } from '../../../../aws/dynamodb/data/data-keys.ts';
import { dynamoDataStore } from '../../../../aws/dynamodb/data/dynamo-data-store.ts';
import { maxReadRecords } from '../../../../aws/dynamodb/lists/fill-page.ts';
import type { Item, Table } from '../../../../aws/dynamodb/table/table.ts';
import { labelItemKey } from '../../../../aws/dynamodb/table/table-keys.ts';
import { beforeEach as beforeCall, loseNextResponse } from '../../../support/client-faults.ts';
import { aDataObject, availableData, changed } from '../../../support/data/data-objects.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { startTestEngine, type TestEngine, testClient } from '../../../support/local-service/errand-table.ts';

describe('dynamoDataStore with faults of DynamoDB', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  const putLabel = async (table: Table, tag: string, id: string) => {
    const Item = { ...labelItemKey('local', dataTagPrefix(tag) + id), v: { N: '1' } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  };

  /** Writes items without their labels, 25 at a time, which is much faster than inserts. */
  const putItems = async (table: Table, items: readonly Item[]) => {
    for (let start = 0; start < items.length; start += 25) {
      const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: requests } }));
    }
  };

  test('an insert, a replacement and a deletion whose response was lost are reported as done', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const data = aDataObject();
    loseNextResponse(table.client, 'PutItem');
    expect(await store.insert(data)).toBe('inserted');
    const next = changed(data, { sizeBytes: 1 });
    loseNextResponse(table.client, 'PutItem');
    expect(await store.replace(next, 1, data)).toBe('replaced');
    loseNextResponse(table.client, 'PutItem');
    const tombstone = { deletedAt: someTime, by: 'key-1', data: next };
    expect(await store.replaceWithTombstone(tombstone, 2)).toBe('replaced');
  });

  test('labels of an object that was never written, or of a deleted one, list nothing', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const [kept, deleted] = [1, 2].map((at) => availableData({ id: jobIdAt(someTime + at), tags: ['red'] }));
    if (kept === undefined || deleted === undefined) throw new Error('two objects were made');
    await store.insert(kept);
    await store.insert(deleted);
    await store.replaceWithTombstone({ deletedAt: someTime, by: 'key-1', data: deleted }, 1);
    await putLabel(table, 'red', deleted.id);
    await putLabel(table, 'red', jobIdAt(someTime + 3));
    await putLabel(table, 'blue', kept.id);
    expect((await store.list({ tenant: 'local', limit: 10, tag: 'red' })).data).toStrictEqual([kept]);
    expect((await store.list({ tenant: 'local', limit: 10, tag: 'blue' })).data).toStrictEqual([]);
  });

  test('an object that changed after its index entry was read is checked again', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const data = aDataObject();
    await store.insert(data);
    const others = dynamoDataStore({ client: testClient(engine.endpoint), tableName: table.tableName });
    beforeCall(table.client, 'BatchGetItem', async () => {
      await others.replace(availableData({ version: 2 }), 1, data);
    });
    expect((await store.list({ tenant: 'local', status: 'uploading', limit: 10 })).data).toStrictEqual([]);
  });

  test('an older writer keeps the labels of a newer version', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const data = aDataObject({ tags: ['red'] });
    await store.insert(data);
    const without = changed(data, { tags: [] });
    const again = changed(without, { tags: ['red'] });
    const others = dynamoDataStore({ client: testClient(engine.endpoint), tableName: table.tableName });
    let isFirst = true;
    beforeCall(table.client, 'DeleteItem', async () => {
      if (isFirst) await others.replace(again, 2, without);
      isFirst = false;
    });
    await store.replace(without, 1, data);
    expect((await store.list({ tenant: 'local', tag: 'red', limit: 10 })).data).toStrictEqual([again]);
  });

  test('a page ends after 1,000 objects, and the next page continues there', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const objects = Array.from({ length: maxReadRecords + 1 }, (_, index) =>
      availableData({ id: jobIdAt(someTime + index), mediaType: index === 0 ? 'image/png' : 'text/csv' }),
    );
    await putItems(table, objects.map(toItem));
    const query = {
      tenant: 'local',
      limit: 5,
      origin: 'upload',
      mediaType: 'image/png',
      createdAfter: 1,
    } as const;
    expect((await store.list(query)).data).toStrictEqual([objects[0]]);
    const rare = { tenant: 'local', limit: 5, origin: 'upload', namePrefix: 'unknown' } as const;
    const first = await store.list(rare);
    expect(first).toStrictEqual({ data: [], next: objects[1]?.id, scanned: maxReadRecords });
    expect(await store.list({ ...rare, after: first.next ?? '' })).toStrictEqual({ data: [], scanned: 1 });
  });
});
