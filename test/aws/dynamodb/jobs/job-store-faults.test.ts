import { type BatchGetItemCommand, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { maxReadRecords } from '../../../../aws/dynamodb/lists/fill-page.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { beforeEach, loseNextResponse } from '../../../support/client-faults.ts';
import { insertAll } from '../../../support/jobs/insert-all.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { startTestEngine, type TestEngine, testClient } from '../../../support/local-service/errand-table.ts';
import { startRecordingServer } from '../../../support/recording-server.ts';

describe('dynamoJobStore with faults of DynamoDB', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  test('reports an insert whose response was lost as inserted', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(aJob({ id: jobIdAt(1) })); // registers the tenant
    loseNextResponse(table.client, 'PutItem');
    expect(await store.insert(aJob())).toBe('inserted');
    expect(await store.insert(aJob())).toBe('exists');
  });

  test('reports a replace whose response was lost as replaced', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(aJob());
    loseNextResponse(table.client, 'PutItem');
    const next = withWrite(aJob(), someTime, { starts: 2 });
    expect(await store.replace(next, 1)).toBe('replaced');
    expect(await store.get({ tenant: next.tenant, jobId: next.id })).toStrictEqual(next);
  });

  test('distinguishes a lost response from the write of another writer', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(withWrite(aJob(), someTime, { starts: 2 }));
    table.client.middlewareStack.add(
      (next) => async (args) => {
        const failure = await next(args).catch((error: unknown) => error);
        if (failure instanceof ConditionalCheckFailedException) failure.$metadata.attempts = 2;
        throw failure;
      },
      { step: 'initialize' },
    );
    expect(await store.insert(aJob())).toBe('exists');
  });

  test('checks a job again that changed after its index entry was read', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const [older, newer] = [1, 2].map((offset) => endedJob('failed', { id: jobIdAt(someTime + offset) }));
    if (older === undefined || newer === undefined) throw new Error('two jobs were made');
    await store.insert(older);
    await store.insert(newer);
    const others = dynamoJobStore({ client: testClient(engine.endpoint), tableName: table.tableName });
    const { failure: _, ...changed } = endedJob('succeeded', { id: newer.id });
    beforeEach(table.client, 'BatchGetItem', async () => {
      await others.replace({ ...changed, version: 3 }, 2);
    });
    const page = await store.list({ tenant: 'local', statuses: ['failed'], limit: 10 });
    expect(page.jobs.map(({ id }) => id)).toStrictEqual([older.id]);
  });

  test('requests unprocessed items of a batch again', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    const jobs = [1, 2, 3].map((offset) => aJob({ id: jobIdAt(someTime + offset) }));
    for (const job of jobs) await store.insert(job);
    let calls = 0;
    table.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context['commandName'] !== 'BatchGetItemCommand') return next(args);
        calls += 1;
        const { RequestItems: requested = {} } = args.input as BatchGetItemCommand['input']; // the command checked above
        const keys = requested[table.tableName]?.Keys ?? [];
        const first = { [table.tableName]: { Keys: keys.slice(0, 1) } };
        const response = await next({ ...args, input: { ...args.input, RequestItems: first } });
        const left = keys.length > 1 ? { [table.tableName]: { Keys: keys.slice(1) } } : {};
        return { ...response, output: { ...response.output, UnprocessedKeys: left } };
      },
      { step: 'initialize' },
    );
    const page = await store.list({ tenant: 'local', services: ['echo'], limit: 10 });
    expect(page.jobs.map(({ id }) => id)).toStrictEqual(jobs.map(({ id }) => id).reverse());
    expect(calls).toBe(3);
  });

  test('fails as unavailable when a batch stays unprocessed', async () => {
    const table = await engine.makeTable();
    const store = dynamoJobStore(table);
    await store.insert(aJob());
    table.client.middlewareStack.add(
      (next, context) => async (args) => {
        const response = await next(args);
        if (context['commandName'] !== 'BatchGetItemCommand') return response;
        const { RequestItems: requested } = args.input as BatchGetItemCommand['input']; // the command checked above
        return { ...response, output: { ...response.output, Responses: {}, UnprocessedKeys: requested } };
      },
      { step: 'initialize' },
    );
    const list = store.list({ tenant: 'local', services: ['echo'], limit: 10 });
    await expect(list).rejects.toMatchObject({ slug: 'unavailable' });
  });

  test('ends a page after 1,000 jobs and returns the number of jobs read and the position of the next page', async () => {
    const store = dynamoJobStore(await engine.makeTable());
    const needle = endedJob('succeeded', { id: jobIdAt(someTime) });
    const hay = Array.from({ length: 1005 }, (_, index) =>
      endedJob('failed', { id: jobIdAt(someTime + 1 + index) }),
    );
    await insertAll(store, [needle, ...hay]);
    const query = { tenant: 'local', limit: 10, statuses: ['succeeded'] } as const;
    const first = await store.list(query);
    expect(first).toStrictEqual({ jobs: [], next: hay[5]?.id, scanned: maxReadRecords });
    const second = await store.list({ ...query, after: first.next ?? '' });
    expect(second).toStrictEqual({ jobs: [needle], scanned: 6 });
  });

  test('returns no number of jobs read where an index matches the filter exactly', async () => {
    const store = dynamoJobStore(await engine.makeTable());
    await store.insert(endedJob('failed'));
    expect(await store.list({ tenant: 'local', limit: 10, statuses: ['failed'] })).not.toHaveProperty(
      'scanned',
    );
    expect(await store.list({ tenant: 'local', limit: 10 })).not.toHaveProperty('scanned');
  });

  test('throws when items remain unprocessed after three tries', async () => {
    const server = await startRecordingServer(() => ({
      status: 400,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'slow down' },
    }));
    const client = testClient(server.endpoint);
    try {
      const store = dynamoJobStore({ client, tableName: 'errand' });
      await expect(store.get({ tenant: 'local', jobId: jobIdAt(someTime) })).rejects.toMatchObject({
        name: 'ThrottlingException',
      });
      expect(server.requests).toHaveLength(3);
    } finally {
      client.destroy();
      await server.stop();
    }
  });
});
