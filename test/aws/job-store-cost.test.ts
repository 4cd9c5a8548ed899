import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import type { Table } from '../../aws/table.ts';
import type { JobListQuery, JobStore } from '../../core/ports/job-store.ts';
import { startTestEngine, type TestEngine } from '../support/errand-table.ts';
import { insertAll } from '../support/insert-all.ts';
import { jobIdAt } from '../support/job-id.ts';
import { endedJob, someTime } from '../support/jobs.ts';
import { referenceLife } from '../support/reference-job.ts';
import { watchTable } from '../support/table-watch.ts';

describe('the cost of the job store', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  it('is 4 write units to create, 1 to claim and 3 to settle the reference job', async () => {
    const table = await engine.makeTable();
    const { calls, totalUnits } = watchTable(table);
    const store = dynamoJobStore(table);
    const { created, claimed, succeeded } = referenceLife();
    await store.insert(created);
    await store.replace(claimed, 1);
    await store.replace(succeeded, 2);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 1, service: 1 } },
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 1 } },
    ]);
    expect(totalUnits()).toBe(8);
  });

  it('is 1 read unit to get a job', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const { created } = referenceLife();
    await store.insert(created);
    const { totalUnits } = watchTable(table);
    await store.get({ tenant: created.tenant, jobId: created.id });
    expect(totalUnits()).toBe(1);
  });

  describe('of a page of 20', () => {
    let tables: readonly Table[];
    const sizes = [100, 600];
    beforeAll(async () => {
      tables = await Promise.all(sizes.map(() => engine.makeTable()));
      for (const [index, table] of tables.entries()) await fill(dynamoJobStore(table), sizes[index] ?? 0);
    });

    it.each<readonly [string, Omit<JobListQuery, 'tenant' | 'limit'>, number]>([
      ['all jobs', {}, 5],
      ['the jobs of one service', { services: ['echo'] }, 12],
      ['failed jobs', { statuses: ['failed'] }, 12],
    ])('is the same for %s whether there are 100 jobs or 600', async (_, filter, mostUnits) => {
      const costs = [];
      for (const table of tables) {
        const { totalUnits } = watchOnce(table);
        const page = await dynamoJobStore(table).list({ tenant: 'local', limit: 20, ...filter });
        expect(page.jobs).toHaveLength(20);
        costs.push(totalUnits());
      }
      expect(costs[0]).toBe(costs[1]);
      expect(costs[0]).toBeLessThanOrEqual(mostUnits);
    });
  });
});

/** Replaces the watch of an earlier test. */
function watchOnce(table: Table) {
  table.client.middlewareStack.remove('watchTable');
  return watchTable(table);
}

async function fill(store: JobStore, count: number): Promise<void> {
  const jobs = Array.from({ length: count }, (_, index) => {
    const id = jobIdAt(someTime + index);
    return index % 2 === 0 ? endedJob('failed', { id }) : { ...referenceLife({ id }).succeeded, id };
  });
  await insertAll(store, jobs);
}
