import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAccountLimits } from '../../../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoRetentionStore } from '../../../aws/dynamodb/dynamo-retention-store.ts';
import { dynamoJobStore } from '../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { tenantRegistry } from '../../../aws/dynamodb/table/tenant-registry.ts';
import { deleteOldJobs } from '../../../core/jobs/deletion/delete-old-jobs.ts';
import { describeRetentionStore } from '../../contract/suites/retention-store-suite.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../support/jobs/jobs.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

const day = 86_400_000;

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.stop());

describe('dynamoRetentionStore', () => {
  describeRetentionStore(async (tenants) => {
    const table = await engine.makeTable();
    const register = tenantRegistry(table);
    for (const tenant of tenants) await register(tenant);
    return dynamoRetentionStore(table);
  });
});

describe('retention on DynamoDB', () => {
  test('uses five write units and one read unit for each job, and one read for a pass with nothing to do', async () => {
    const table = await engine.makeTable();
    const jobs = dynamoJobStore(table);
    await tenantRegistry(table)('local');
    for (let index = 0; index < 100; index += 1)
      await jobs.insert(endedJob('succeeded', { id: jobIdAt(someTime, BigInt(index)) }));
    const deps = { ...testDeps(), jobs, retention: dynamoRetentionStore(table) };
    await deps.clock.sleep(40 * day);
    const { calls } = watchTable(table);
    const pass = () => deleteOldJobs(deps, { budgetEndsAt: deps.clock.now() + day });
    expect(await pass()).toBe(100);
    const unitsOf = (isWrite: boolean) =>
      calls
        .filter(({ command }) => command.startsWith('PutItem') === isWrite)
        .reduce(
          (sum, { tableUnits, indexUnits }) =>
            sum + tableUnits + Object.values(indexUnits).reduce((all, one) => all + one, 0),
          0,
        );
    expect(unitsOf(true) / 100).toBeLessThanOrEqual(5.1);
    expect(unitsOf(false) / 100).toBeLessThanOrEqual(1.1);
    calls.splice(0);
    expect(await pass()).toBe(0);
    expect(calls).toEqual([{ command: 'GetItem', tableUnits: 1, indexUnits: {} }]);
  });
});

describe('dynamoAccountLimits', () => {
  test('returns the limit that was written last, and undefined at first', async () => {
    const limits = dynamoAccountLimits(await engine.makeTable());
    expect(await limits.read()).toBeUndefined();
    await limits.write({ concurrency: 10, readAt: 7 });
    await limits.write({ concurrency: 1000, readAt: 8 });
    expect(await limits.read()).toEqual({ concurrency: 1000, readAt: 8 });
  });
});
