import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamoJobStore } from '../../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { addLabels, removeLabels } from '../../../../aws/dynamodb/jobs/job-labels.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import type { JobStore } from '../../../../core/ports/job-store.ts';
import { digest } from '../../../../core/std/digest.ts';
import { beforeEach as beforeEachCall } from '../../../support/client-faults.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { startTestEngine, type TestEngine, testClient } from '../../../support/local-service/errand-table.ts';

describe('labels of jobs', () => {
  let engine: TestEngine;
  let table: Table;
  let store: JobStore;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    table = await engine.makeTable();
    store = dynamoJobStore(table);
  });

  const plain = aJob();
  const red = aJob({ tags: ['red'] });
  const tagged = async (tag: string) =>
    (await store.list({ tenant: 'local', tag, limit: 5 })).jobs.map(({ version }) => version);
  const labelCount = async () => {
    const command = new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :tags)',
      ExpressionAttributeValues: { ':tenant': { S: 'T#local' }, ':tags': { S: 'G#' } },
    });
    return (await table.client.send(command)).Count;
  };

  test('are written before the job: if one cannot be written, no job is created', async () => {
    await store.insert(aJob({ tenant: 'other' }));
    beforeEachCall(table.client, 'PutItem', async () => {
      throw new Error('no writes now');
    });
    await expect(store.insert(red)).rejects.toThrow('no writes now');
    expect(await store.get({ tenant: 'local', jobId: red.id })).toBeUndefined();
  });

  test('of a job that was never created, or that lacks the tag, are not listed', async () => {
    await addLabels(table, red);
    expect(await tagged('red')).toStrictEqual([]);
    await store.insert(plain);
    expect(await tagged('red')).toStrictEqual([]);
  });

  test('are kept when another writer created the job first', async () => {
    await store.insert(red);
    const edited = withWrite(red, someTime, { tags: ['blue'] });
    await store.replace(withWrite(red, someTime, { starts: 2 }), 1, red);
    expect(await store.replace(edited, 1, red)).toBe('conflict');
    expect(await tagged('red')).toStrictEqual([2]);
    expect(await tagged('blue')).toStrictEqual([]);
  });

  test('survive a removal that arrives after they were written again', async () => {
    await store.insert(red);
    const bare = withWrite(red, someTime, { tags: [] });
    const others = dynamoJobStore({ client: testClient(engine.endpoint), tableName: table.tableName });
    const again = withWrite(bare, someTime, { tags: ['red'] });
    beforeEachCall(table.client, 'DeleteItem', async () => {
      await others.replace(again, 2, bare);
    });
    await store.replace(bare, 1, red);
    expect(await tagged('red')).toStrictEqual([3]);
  });

  test('that cannot be removed do not undo the write of the job', async () => {
    await store.insert(red);
    beforeEachCall(table.client, 'DeleteItem', async () => {
      throw new Error('no removals now');
    });
    expect(await store.replace(withWrite(red, someTime, { tags: [] }), 1, red)).toBe('replaced');
    expect(await tagged('red')).toStrictEqual([]);
  });

  test('are deleted when the job loses them, and with the job', async () => {
    await store.insert(red);
    const blue = withWrite(red, someTime, { tags: ['blue', 'blue', 'green'] });
    await store.replace(blue, 1, red);
    expect(await labelCount()).toBe(2);
    await removeLabels(table, red);
    expect(await labelCount()).toBe(2);
    const ended = endedJob('failed', { tags: ['blue', 'green'], version: 3 });
    await store.replace({ ...ended, version: 3 }, 2, blue);
    await store.replaceWithTombstone(tombstoneOf({ ...ended, version: 3 }, { by: 'me', now: someTime }), 3);
    expect(await labelCount()).toBe(0);
  });

  test('of a group are deleted with the job', async () => {
    const job = endedJob('failed', { group: 'night #7' });
    const grouped = async () =>
      (await store.list({ tenant: 'local', group: 'night #7', limit: 5 })).jobs.length;
    const keys = async () => {
      const command = new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :groups)',
        ExpressionAttributeValues: { ':tenant': { S: 'T#local' }, ':groups': { S: 'GR#' } },
      });
      return ((await table.client.send(command)).Items ?? []).map(({ sk }) => sk?.S);
    };
    await store.insert(job);
    expect([await grouped(), await keys()]).toStrictEqual([1, [`GR#${digest('night #7')}#${job.id}`]]);
    await store.replaceWithTombstone(tombstoneOf(job, { by: 'me', now: someTime }), job.version);
    expect([await grouped(), await keys()]).toStrictEqual([0, []]);
  });

  test('of indexed metadata are deleted when the job loses the value, and with the job', async () => {
    const indexedMetadata = ['run', 'site'];
    const job = endedJob('failed', {
      metadata: { run: 7, site: 'north', note: 1 },
      indexedMetadata,
    });
    const keys = async () => {
      const command = new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :metadata)',
        ExpressionAttributeValues: { ':tenant': { S: 'T#local' }, ':metadata': { S: 'M#' } },
      });
      const { Items: items = [] } = await table.client.send(command);
      return items.map(({ sk }) => sk?.S);
    };
    await store.insert(job);
    const seven = `M#run#nc01c000000000000#${job.id}`;
    const north = `M#site#s${digest('north')}#${job.id}`;
    expect(await keys()).toStrictEqual([seven, north]);
    const edited = withWrite(job, someTime, { metadata: { run: -0.5, site: null } });
    expect(await store.replace(edited, job.version, job)).toBe('replaced');
    expect(await keys()).toStrictEqual([`M#run#n401fffffffffffff#${job.id}`]);
    await store.replaceWithTombstone(
      tombstoneOf(edited, { by: 'me', now: someTime }),
      edited.version,
      edited,
    );
    expect(await keys()).toStrictEqual([]);
  });

  test('find a draft by its name when its service was deleted, whatever happens to the draft', async () => {
    const named = async (order: 'asc' | 'desc') =>
      (await store.list({ tenant: 'local', namePrefix: 'ec', order, limit: 5 })).jobs.map(
        ({ status }) => status,
      );
    const draft = aJob({ status: 'ready', transitions: [{ status: 'ready', at: someTime, attempt: 0 }] });
    await store.insert(draft);
    expect([await named('asc'), await named('desc')]).toStrictEqual([['ready'], ['ready']]);
    const aborted = endedJob('aborted', { transitions: draft.transitions });
    await store.replace(aborted, 1, draft);
    expect(await named('desc')).toStrictEqual(['aborted']);
    await store.replaceWithTombstone(tombstoneOf(aborted, { by: 'me', now: someTime }), 2);
    expect(await named('desc')).toStrictEqual([]);
  });
});
