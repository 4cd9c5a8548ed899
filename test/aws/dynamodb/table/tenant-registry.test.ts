import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { registeredTenants, tenantRegistry } from '../../../../aws/dynamodb/table/tenant-registry.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { beforeEach as beforeEachCall } from '../../../support/client-faults.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

describe('the tenant registry', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  test('is written once per process, however many jobs a tenant creates concurrently', async () => {
    const table = await engine.makeTable();
    const { calls } = watchTable(table);
    const register = tenantRegistry(table);
    await Promise.all(['a', 'b', 'a', 'a'].map(register));
    await register('b');
    expect(calls).toHaveLength(2);
    expect(await registeredTenants(table)).toStrictEqual(['a', 'b']);
  });

  test('is written before the job; if that fails, no job is created and the next try writes it', async () => {
    const table = await engine.makeTable();
    let broken = true;
    beforeEachCall(table.client, 'PutItem', async () => {
      if (broken) throw new Error('no writes now');
    });
    const store = dynamoJobStore(table);
    await expect(store.insert(aJob())).rejects.toThrow('no writes now');
    expect(await store.get({ tenant: 'local', jobId: aJob().id })).toBeUndefined();
    broken = false;
    expect(await store.insert(aJob())).toBe('inserted');
    expect(await registeredTenants(table)).toStrictEqual(['local']);
  });

  test('is also written when a replace removes the stored time of a new job', async () => {
    const table = await engine.makeTable();
    const postponed = aJob({ id: jobIdAt(someTime), nextCheckAt: someTime + 1 });
    await dynamoJobStore(table).insert(postponed);
    expect(await registeredTenants(table)).toStrictEqual([]);
    const next = withWrite(aJob(), someTime, { starts: 2 });
    expect(await dynamoJobStore(table).replace(next, 1)).toBe('replaced');
    expect(await registeredTenants(table)).toStrictEqual(['local']);
    expect(await dynamoJobStore(table).listDue(someTime + 60_000, 5)).toHaveLength(1);
  });
});
