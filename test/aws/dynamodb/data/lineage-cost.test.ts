import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoDataStore } from '../../../../aws/dynamodb/data/dynamo-data-store.ts';
import { dynamoJobLinks } from '../../../../aws/dynamodb/dynamo-job-links.ts';
import { toItem } from '../../../../aws/dynamodb/job-items/job-item.ts';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import { getDataLineage } from '../../../../core/lineage/get-data-lineage.ts';
import type { Lineage } from '../../../../core/lineage/lineage.ts';
import { availableData } from '../../../support/data/data-objects.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';
import { memoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const tenant = 'local';
const [first, second] = [jobIdAt(someTime + 5, 1n), jobIdAt(someTime + 5, 3n)];
const ids = {
  table: jobIdAt(someTime + 5),
  middle: jobIdAt(someTime + 5, 2n),
  result: jobIdAt(someTime + 5, 4n),
};

function portsOn(table: Table) {
  return {
    jobs: dynamoJobStore(table),
    data: dynamoDataStore(table),
    links: dynamoJobLinks(table),
    objects: memoryObjectStore(),
    clock: { now: () => someTime },
  };
}

/** table -> first -> middle -> second -> result */
async function addChain({ jobs, data, links }: ReturnType<typeof portsOn>): Promise<void> {
  const addJob = async (id: string, input: string) => {
    const given = { id: input, name: 'a.csv', mediaType: 'text/csv', sizeBytes: 1 };
    const inputs = { kind: 'inline', json: JSON.stringify({ in: [given] }) } as const;
    await links.add({ tenant, kind: 'use', anchorId: input, jobId: id, madeAt: someTime });
    await jobs.insert({ ...endedJob('succeeded', { id }), hasOutputs: true, inputs });
  };
  const writtenBy = (jobId: string) => ({ origin: { kind: 'job', jobId, attempt: 1, slot: 'out' } }) as const;
  await data.insert(availableData({ id: ids.table }));
  await addJob(first, ids.table);
  await data.insert(availableData({ id: ids.middle, ...writtenBy(first) }));
  await addJob(second, ids.middle);
  await data.insert(availableData({ id: ids.result, ...writtenBy(second) }));
}

/** A table with the chain among other jobs and data objects. */
async function filled(table: Table, others: number): Promise<Table> {
  const ports = portsOn(table);
  const jobs = Array.from({ length: others }, (_, index) => aJob({ id: jobIdAt(someTime + index + 10) }));
  // A batch of DynamoDB has at most 25 writes.
  for (let start = 0; start < others; start += 25) {
    const requests = jobs.slice(start, start + 25).map((job) => ({ PutRequest: { Item: toItem(job) } }));
    await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: requests } }));
  }
  for (let index = 0; index < others / 100; index += 1)
    await ports.data.insert(availableData({ id: jobIdAt(someTime + index, 9n) }));
  await addChain(ports);
  return table;
}

describe('the cost of a lineage', () => {
  let engine: TestEngine;
  let tables: readonly Table[];
  beforeAll(async () => {
    engine = await startTestEngine();
    tables = [await filled(await engine.makeTable(), 10), await filled(await engine.makeTable(), 2_000)];
  }, 120_000);
  afterAll(() => engine.stop());

  async function lineageOf(table: Table, dataId: string) {
    const ports = portsOn(table);
    const { totalUnits } = watchTable(table);
    const walk = { directions: ['up', 'down'], depth: 20 } as const;
    const lineage: Lineage = await getDataLineage(ports, { key: { tenant, dataId }, ...walk });
    table.client.middlewareStack.remove('watchTable');
    return { names: lineage.nodes.map(({ id }) => id), units: totalUnits() };
  }

  test.each([
    ['the oldest', 'table', 14],
    ['the middle', 'middle', 10],
    ['the newest', 'result', 6],
  ] as const)(
    'of a chain of five nodes from %s one is the same among 10 and among 2,000 other jobs',
    async (_, from, units) => {
      const found = await Promise.all(tables.map((table) => lineageOf(table, ids[from])));
      for (const one of found) {
        expect([...one.names].sort()).toEqual([ids.table, first, ids.middle, second, ids.result]);
        expect(one.units).toBe(units);
      }
    },
  );
});
