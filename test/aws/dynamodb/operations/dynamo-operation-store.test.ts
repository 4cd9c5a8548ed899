import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoOperationStore } from '../../../../aws/dynamodb/operations/dynamo-operation-store.ts';
import { fromItem, toItem } from '../../../../aws/dynamodb/operations/operation-item.ts';
import { describeOperationStore } from '../../../contract/suites/operation-store-suite.ts';
import { loseNextResponse } from '../../../support/client-faults.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';
import { anOperation } from '../../../support/operations/an-operation.ts';

const operation = anOperation();
const key = { tenant: operation.tenant, operationId: operation.id };

describe('dynamoOperationStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeOperationStore(async () => dynamoOperationStore(await engine.makeTable()));

  test('recognizes its own writes when a response was lost and the SDK sent them again', async () => {
    const table = await engine.makeTable();
    const store = dynamoOperationStore(table);
    loseNextResponse(table.client, 'PutItem');
    expect(await store.insert(operation)).toBe('inserted');
    loseNextResponse(table.client, 'PutItem');
    expect(await store.replace({ ...operation, version: 2 }, 1)).toBe('replaced');
    loseNextResponse(table.client, 'PutItem');
    const chunk = { number: 0, lease: 1, jobIds: [jobIdAt(1)], expiresAt: someTime };
    expect(await store.putChunk(key, chunk)).toBe('stored');
  });

  test('uses 8 write units for a chunk of 500 IDs, and 3 for the progress of an operation', async () => {
    const table = await engine.makeTable();
    const store = dynamoOperationStore(table);
    const { calls } = watchTable(table);
    const jobIds = Array.from({ length: 500 }, (_, index) => jobIdAt(someTime, BigInt(index)));
    await store.putChunk(key, { number: 0, lease: 1, jobIds, expiresAt: someTime });
    await store.insert(operation);
    const { nextCheckAt = 0 } = operation;
    await store.replace({ ...operation, version: 2, nextCheckAt: nextCheckAt + 1 }, 1);
    expect(calls.map(({ tableUnits, indexUnits }) => [tableUnits, indexUnits])).toEqual([
      [8, {}],
      [1, { due: 1, live: 1 }],
      [1, { due: 2 }],
    ]);
  });
});

describe('operation items', () => {
  test('expire together with the operation', () => {
    expect(toItem(operation)['ttl']).toEqual({ N: String(operation.expiresAt / 1000) });
  });

  test('of an ended operation are in no index, once its event is published', () => {
    const { nextCheckAt: _, ...ended } = anOperation({ status: 'succeeded' });
    expect(Object.keys(toItem(ended))).toEqual(expect.not.arrayContaining(['due', 'dueAt', 'live']));
  });

  test('of array jobs keep all members, in a layout that older releases refuse', () => {
    const array = anOperation({
      work: { action: 'submit', template: { service: 'echo', parameters: { a: [null] }, group: 'g' } },
      selection: { kind: 'elements', source: { format: 'array', sizeBytes: 7, dataId: jobIdAt(9) } },
      idTime: someTime + 7,
      cursor: { chunk: 0, offset: 5 },
    });
    expect(fromItem(toItem(array))).toStrictEqual(array);
    expect([operation, array].map((one) => toItem(one)['z'])).toEqual([{ N: '1' }, { N: '2' }]);
  });

  test('of another layout are refused', () => {
    const item = toItem(operation);
    expect(() => fromItem({ ...item, z: { N: '3' } })).toThrow('has layout version 3');
    const { p: _, ...torn } = item;
    expect(() => fromItem(torn)).toThrow('lacks the attribute p (JSON)');
  });
});
