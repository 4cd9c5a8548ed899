import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoServiceStore } from '../../../aws/dynamodb/dynamo-service-store.ts';
import { toItem } from '../../../aws/dynamodb/service-item.ts';
import type { Service } from '../../../core/services/model/service.ts';
import { describeServiceStore } from '../../contract/suites/service-store-suite.ts';
import { loseNextResponse } from '../../support/client-faults.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

const service: Service = {
  tenant: 'local',
  name: 'echo',
  version: '1.0.0',
  definition: { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } },
  used: false,
  revision: 1,
  createdAt: 1000,
  updatedAt: 1000,
};

describe('dynamoServiceStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeServiceStore(async () => dynamoServiceStore(await engine.makeTable()));

  test('reports writes whose responses were lost as done', async () => {
    const table = await engine.makeTable();
    const store = dynamoServiceStore(table);
    loseNextResponse(table.client, 'PutItem');
    expect(await store.insert(service)).toBe('inserted');
    loseNextResponse(table.client, 'PutItem');
    expect(await store.replace({ ...service, used: true, revision: 2 }, 1)).toBe('replaced');
    loseNextResponse(table.client, 'DeleteItem');
    expect(await store.remove(service, 2)).toBe('removed');
    expect(await store.get(service)).toBeUndefined();
    expect(await store.remove(service, 2)).toBe('conflict');
  });

  test('reads one small version for 1 read unit and does not touch the job indexes', async () => {
    const table = await engine.makeTable();
    const { calls } = watchTable(table);
    const store = dynamoServiceStore(table);
    await store.insert(service);
    await store.get(service);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'GetItem', tableUnits: 1, indexUnits: {} },
    ]);
  });

  test('lists page by page beyond the size of one call', async () => {
    const store = dynamoServiceStore(await engine.makeTable());
    const description = 'd'.repeat(60_000);
    const names = Array.from({ length: 40 }, (_, index) => `service-${String(index).padStart(2, '0')}`);
    const definition = { ...service.definition, description };
    await Promise.all(names.map((name) => store.insert({ ...service, name, definition })));
    const page = await store.list({ tenant: 'local', limit: 39 });
    expect(page.services.map(({ name }) => name)).toStrictEqual(names.slice(0, 39));
    expect(page.nextAfter).toStrictEqual({ name: 'service-38', version: '1.0.0' });
    expect(await store.names('local')).toStrictEqual(names);
  });

  test('ends a page of the list early where many definitions are so large that they would fill the memory', async () => {
    const store = dynamoServiceStore(await engine.makeTable());
    const definition = { ...service.definition, description: 'd'.repeat(260_000) };
    const names = Array.from({ length: 40 }, (_, index) => `service-${String(index).padStart(2, '0')}`);
    for (const name of names) await store.insert({ ...service, name, definition });
    const page = await store.list({ tenant: 'local', limit: 1000 });
    expect(page.services.map(({ name }) => name)).toStrictEqual(names.slice(0, 16));
    const { services, nextAfter } = await store.list({
      tenant: 'local',
      limit: 1000,
      ...(page.nextAfter && { after: page.nextAfter }),
    });
    expect(services[0]?.name).toBe('service-16');
    expect(nextAfter?.name).toBe('service-31');
  });

  test('returns at most 1,000 names', async () => {
    const store = dynamoServiceStore(await engine.makeTable());
    const names = Array.from({ length: 1003 }, (_, index) => `s${String(index).padStart(4, '0')}`);
    for (let start = 0; start < names.length; start += 100) {
      await Promise.all(names.slice(start, start + 100).map((name) => store.insert({ ...service, name })));
    }
    expect(await store.names('local')).toStrictEqual(names.slice(0, 1000));
  });

  test('stores the definition as JSON text', () => {
    expect(toItem(service)).toStrictEqual({
      pk: { S: 'T#local' },
      sk: { S: 'S#echo#1.0.0' },
      z: { N: '1' },
      rv: { N: '1' },
      df: { S: '{"parameters":{},"dispatcher":{"kind":"lambda","functionName":"errand-service-echo"}}' },
      ka: { N: '1000' },
      ua: { N: '1000' },
    });
  });
});
