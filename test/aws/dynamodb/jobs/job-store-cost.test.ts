import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { getJobStats } from '../../../../core/jobs/queries/get-job-stats.ts';
import { recordReruns } from '../../../../core/jobs/relations/record-reruns.ts';
import { insertAll } from '../../../support/jobs/insert-all.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { fillForLists, pageCost, singleFilters } from '../../../support/jobs/list-cost.ts';
import { referenceLife } from '../../../support/jobs/reference-job.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

describe('the cost of the job store', () => {
  let engine: TestEngine;
  let tables: readonly Table[];
  beforeAll(async () => {
    engine = await startTestEngine();
    tables = [await engine.makeTable(), await engine.makeTable()];
    for (const [index, count] of [200, 2000].entries()) await fillForLists(tables[index] as Table, count); // two were made
  }, 60_000);
  afterAll(() => engine.stop());

  test('is 3 write units to create, 1 to claim and 2 to settle the reference job', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(aJob({ id: jobIdAt(1) })); // the first job of a tenant in a process costs one more
    const { calls, totalUnits } = watchTable(table);
    const { created, claimed, succeeded } = referenceLife();
    await store.insert(created);
    await store.replace(claimed, 1, created);
    await store.replace(succeeded, 2, claimed);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: { live: 1, service: 1 } },
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'PutItem', tableUnits: 1, indexUnits: { live: 1 } },
    ]);
    expect(totalUnits()).toBe(6);
  });

  test('is 4 write units for the first check of a job that is still running, 3 for each later check, and 1 more at its end', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(aJob({ id: jobIdAt(1) }));
    const { claimed, succeeded } = referenceLife();
    await store.insert(claimed);
    const { calls } = watchTable(table);
    const checked = withWrite(claimed, someTime, { nextCheckAt: someTime + 1 });
    const again = withWrite(checked, someTime, { nextCheckAt: someTime + 2 });
    await store.replace(checked, claimed.version, claimed);
    await store.replace(again, checked.version, checked);
    await store.replace({ ...succeeded, version: again.version + 1 }, again.version, again);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 2 } },
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 2 } },
      { command: 'PutItem', tableUnits: 1, indexUnits: { due: 1, live: 1 } },
    ]);
  });

  test('is one more write unit for each tag and for a name of the job, and no more for other changes', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const job = aJob({ tags: ['red', 'blue'], name: 'mine' });
    await store.insert(aJob({ id: jobIdAt(1) }));
    const { calls, totalUnits } = watchTable(table);
    await store.insert(job);
    expect(totalUnits()).toBe(3 + 3);
    await store.replace(withWrite(job, someTime, { metadata: { a: 1 } }), 1, job);
    expect(totalUnits()).toBe(6 + 1);
    expect(calls).toHaveLength(5);
  });

  test('is one more write unit for each indexed member of the metadata that a job has, or gets', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const job = aJob({
      metadata: { run: 7, site: 'north', note: 'x' },
      indexedMetadata: ['run', 'site', 'load'],
    });
    await store.insert(aJob({ id: jobIdAt(1) }));
    const { totalUnits } = watchTable(table);
    await store.insert(job);
    expect(totalUnits()).toBe(3 + 2);
    const noted = withWrite(job, someTime, { metadata: { ...job.metadata, note: 'y' } });
    await store.replace(noted, 1, job);
    expect(totalUnits()).toBe(5 + 1);
    const loaded = withWrite(noted, someTime, { metadata: { ...noted.metadata, load: 0.5 } });
    await store.replace(loaded, 2, noted);
    expect(totalUnits()).toBe(6 + 2);
    await store.replace(withWrite(loaded, someTime, { metadata: { ...loaded.metadata, run: 8 } }), 3, loaded);
    expect(totalUnits()).toBe(8 + 3);
  });

  test('is 1 read unit and 1 write unit to record the latest rerun of the reference job, and 1 read unit to record it again', async () => {
    const table = await engine.makeTable();
    const jobs = dynamoJobStore(table);
    const { created, claimed, succeeded } = referenceLife();
    await jobs.insert(created);
    await jobs.replace(claimed, 1, created);
    await jobs.replace(succeeded, 2, claimed);
    const { calls } = watchTable(table);
    const deps = { ...testDeps(), jobs };
    const rerun = aJob({ id: jobIdAt(someTime + 1), tenant: succeeded.tenant, rerunOf: succeeded.id });
    const never = { budgetEndsAt: Number.POSITIVE_INFINITY };
    for (let delivery = 0; delivery < 2; delivery += 1)
      await recordReruns(deps, [{ position: '1', after: rerun }], never);
    expect(calls).toStrictEqual([
      { command: 'GetItem', tableUnits: 1, indexUnits: {} },
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'GetItem', tableUnits: 1, indexUnits: {} },
    ]);
  });

  test('of a page of 50 is the same for jobs that failed and were rerun as for others', async () => {
    const cost = async (given: Partial<Job>) => {
      const table = await engine.makeTable();
      const store = dynamoJobStore(table);
      const jobAt = (index: number) =>
        endedJob('failed', { id: jobIdAt(someTime + index), tags: ['red'], ...given });
      await insertAll(
        store,
        Array.from({ length: 60 }, (_, index) => jobAt(index)),
      );
      const { calls } = watchTable(table);
      expect((await store.list({ tenant: 'local', tag: 'red', limit: 50 })).jobs).toHaveLength(50);
      return calls;
    };
    const failure = {
      code: 'service-failed',
      detail: 'x'.repeat(300),
      retryable: false,
      attempt: 1,
    } as const;
    const [plain, rerun] = [
      await cost({}),
      await cost({ failure, rerunOf: jobIdAt(1), rerunAs: jobIdAt(2) }),
    ];
    expect(rerun.map(({ command }) => command)).toEqual(['Query', 'BatchGetItem']);
    expect(rerun).toStrictEqual(plain);
  });

  test('of statistics by tag is about half a read unit for each job with the tag, whatever the number of other jobs', async () => {
    const stats = async (table: Table) => {
      table.client.middlewareStack.remove('watchTable');
      const { totalUnits } = watchTable(table);
      const input = { tenant: 'local', tag: 'red', createdBefore: someTime + 200 };
      const { total } = await getJobStats({ ...testDeps(), jobs: dynamoJobStore(table) }, input);
      return { total, units: totalUnits() };
    };
    const [small, large] = await Promise.all(tables.map(stats));
    expect(small).toEqual(large);
    expect(small?.total).toBe(50);
    expect(small?.units).toBeLessThanOrEqual(50 / 2 + 2);
  });

  test('is 1 read unit to get a job', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const { created } = referenceLife();
    await store.insert(created);
    const { totalUnits } = watchTable(table);
    await store.get({ tenant: created.tenant, jobId: created.id });
    expect(totalUnits()).toBe(1);
  });

  test.each(singleFilters)(
    'of a page of 20 is the same for %s with 200 jobs and with 2,000',
    async (name) => {
      const costs = await Promise.all(tables.map((table) => pageCost(table, name)));
      expect(costs[0]).toBe(costs[1]);
      expect(costs[0]).toBeLessThanOrEqual(name === 'no filter' ? 5 : 14);
    },
  );
});
