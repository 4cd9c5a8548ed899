import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoDataStore } from '../../../../aws/dynamodb/data/dynamo-data-store.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import { type DataListFilter, dataPageCost, fillForDataLists } from '../../../support/data/data-list-cost.ts';
import { aDataObject, availableData, changed } from '../../../support/data/data-objects.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

describe('the cost of the store of data objects', () => {
  let engine: TestEngine;
  let tables: readonly Table[];
  beforeAll(async () => {
    engine = await startTestEngine();
    tables = [await engine.makeTable(), await engine.makeTable()];
    for (const [index, count] of [100, 1000].entries()) await fillForDataLists(tables[index] as Table, count); // two were made
  });
  afterAll(() => engine.stop());

  const created = aDataObject();
  const completed = availableData({ version: 2 });

  test('is 5 write units to create an object that the reconciler checks, and 4 to complete it', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const { calls, totalUnits } = watchTable(table);
    await store.insert(created);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 1, service: 1 } },
    ]);
    expect(totalUnits()).toBe(5);
    await store.replace(completed, 1, created);
    expect(calls.slice(2)).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 2 } },
    ]);
  });

  test('is one more write unit for each tag, and for the job that writes the object', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const origin = { kind: 'job', jobId: jobIdAt(5), attempt: 1, slot: 'plot' } as const;
    const { totalUnits } = watchTable(table);
    await store.insert({ ...created, tags: ['red', 'blue'], origin });
    expect(totalUnits()).toBe(5 + 3);
  });

  test('is one more write unit for the completion of the upload of an object that expires', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    await store.insert(created);
    const { calls } = watchTable(table);
    const expiresAt = someTime + 90 * 86_400_000;
    await store.replace({ ...completed, expiresAt, nextCheckAt: expiresAt }, 1, created);
    expect(calls).toStrictEqual([{ command: 'PutItem', tableUnits: 1, indexUnits: { due: 2, live: 2 } }]);
  });

  test('is 1 write unit for a change of neither name, tags, status nor time of a check', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const data = availableData();
    await store.insert(data);
    const { totalUnits } = watchTable(table);
    await store.replace(changed(data, { expiresAt: someTime }), 1, data);
    expect(totalUnits()).toBe(1);
  });

  test('is 1 write unit to delete an available object with its entries in the indexes and its name', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    const data = availableData();
    await store.insert(data);
    const { calls } = watchTable(table);
    await store.replaceWithTombstone({ deletedAt: someTime, by: 'key-1', data }, 1);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: { live: 1, service: 1 } },
      { command: 'DeleteItem', tableUnits: 1, indexUnits: {} },
    ]);
  });

  test('is 1 read unit to get an object', async () => {
    const table = await engine.makeTable();
    const store = dynamoDataStore(table);
    await store.insert(created);
    const { totalUnits } = watchTable(table);
    await store.get({ tenant: created.tenant, dataId: created.id });
    expect(totalUnits()).toBe(1);
  });

  /** Read units of a page of 20. A strongly consistent read costs twice as much; only the list of a job's objects is one. */
  const pageCosts: Readonly<Record<DataListFilter, number>> = {
    'no filter': 1,
    'a time range': 1,
    'given ids': 10.5,
    'a tag': 11,
    'a name prefix': 11,
    'a media type': 11,
    'objects that are being uploaded': 11.5,
    'available objects': 11.5,
    'failed objects': 11.5,
    'objects that clients uploaded': 12,
    'objects that jobs wrote': 12,
    'a job': 22,
  };

  test.each(Object.entries(pageCosts))(
    'of a page of 20 with the filter "%s" is %d read units, with 100 objects and with 1,000',
    async (name, cost) => {
      const filter = name as DataListFilter; // a key of the record
      expect(await Promise.all(tables.map((table) => dataPageCost(table, filter)))).toEqual([cost, cost]);
    },
  );
});
