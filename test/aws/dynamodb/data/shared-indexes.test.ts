import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoDataStore } from '../../../../aws/dynamodb/data/dynamo-data-store.ts';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { DataObject } from '../../../../core/data/model/data-object.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import type { DataStore } from '../../../../core/ports/data/data-store.ts';
import type { JobStore } from '../../../../core/ports/job-store.ts';
import { aDataObject, availableData } from '../../../support/data/data-objects.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

/** Jobs of a service with the name that separates data objects in the indexes, and objects with the same IDs, names and tags. */
describe('jobs and data objects in the same indexes', () => {
  const service = { name: 'data', version: '1.0.0' };
  const shared = { name: 'data', tags: ['red'] };
  const jobs: readonly Job[] = [
    aJob({ id: jobIdAt(someTime), service, ...shared, nextCheckAt: someTime + 1 }),
    endedJob('failed', { id: jobIdAt(someTime + 1), service, ...shared, name: 'data/own' }),
  ];
  const objects: readonly DataObject[] = [
    aDataObject({ id: jobIdAt(someTime), ...shared, nextCheckAt: someTime + 1 }),
    aDataObject({ id: jobIdAt(someTime + 1), ...shared, status: 'failed', nextCheckAt: someTime + 1 }),
    availableData({ id: jobIdAt(someTime + 2), ...shared }),
  ];
  let engine: TestEngine;
  let jobStore: JobStore;
  let dataStore: DataStore;
  beforeAll(async () => {
    engine = await startTestEngine();
    const table = await engine.makeTable();
    jobStore = dynamoJobStore(table);
    dataStore = dynamoDataStore(table);
    for (const job of jobs) expect(await jobStore.insert(job)).toBe('inserted');
    for (const data of objects) expect(await dataStore.insert(data)).toBe('inserted');
  });
  afterAll(() => engine.stop());

  test.each([
    [{}, [1, 0]],
    [{ tag: 'red' }, [1, 0]],
    [{ services: ['data'] }, [1, 0]],
    [{ statuses: ['failed'] as const }, [1]],
    [{ statuses: ['pending'] as const }, [0]],
    [{ namePrefix: 'data/' }, [1]],
  ])('a list of jobs with the filter %j contains jobs only', async (filter, indexes) => {
    const page = await jobStore.list({ tenant: 'local', limit: 10, ...filter });
    expect(page.jobs).toStrictEqual(indexes.map((index) => jobs[index]));
  });

  test.each([
    [{}, [2, 1, 0]],
    [{ tag: 'red' }, [2, 1, 0]],
    [{ mediaType: 'text/csv' }, [2, 1, 0]],
    [{ status: 'failed' as const }, [1]],
    [{ origin: 'upload' as const }, [2, 1, 0]],
    [{ namePrefix: 'data' }, [2, 1, 0]],
  ])('a list of data objects with the filter %j contains objects only', async (filter, indexes) => {
    const page = await dataStore.list({ tenant: 'local', limit: 10, ...filter });
    expect(page.data).toStrictEqual(indexes.map((index) => objects[index]));
  });

  test('due jobs and due data objects are listed separately', async () => {
    const later = someTime + 1e9;
    expect(await jobStore.listDue(later, 10)).toStrictEqual([{ tenant: 'local', jobId: jobs[0]?.id }]);
    expect(await dataStore.listDue(later, 10)).toStrictEqual(
      objects.slice(0, 2).map(({ id }) => ({ tenant: 'local', dataId: id })),
    );
  });
});
