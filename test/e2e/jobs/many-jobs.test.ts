import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob } from '../../support/jobs/jobs.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import {
  endedOperation,
  type OperationBody,
  operationEnd,
} from '../../support/operations/ended-operation.ts';

const writer = { key: 'key-of-a-writer-of-operations', principal: 'writer' };
const other = newTenant();
const jobCount = 300;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, { ...writer, tenant: errand.tenant, scopes: ['jobs:write'] });
  await addKey(errand.cloud, other.holder);
}, 60_000);
afterAll(() => errand?.end());

let salt = 0n;

/** Stores ended jobs with a tag, of which every third succeeded. */
async function jobsWith(tag: string, count: number): Promise<readonly Job[]> {
  const jobs = Array.from({ length: count }, (_, index) => {
    salt += 1n;
    const given = { id: jobIdAt(Date.now() - 60_000, salt), tenant: errand.tenant, tags: [tag] };
    return endedJob(index % 3 === 0 ? 'succeeded' : 'failed', given);
  });
  const queue = [...jobs];
  const put = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await putJob(errand, job);
  };
  await Promise.all(Array.from({ length: 10 }, put));
  return jobs;
}

async function act(body: object, call: Call = {}): Promise<ApiResponse> {
  return expectDocumented(await errand.call('/v1/jobs/actions', { ...call, body }), 'actOnJobs');
}

const asHolder =
  (key: string) =>
  (path: string, call: Call = {}) =>
    errand.call(path, { ...call, withKey: false, headers: { 'x-api-key': key, ...call.headers } });

describe('an operation over 300 jobs', () => {
  test('tags them, deletes those in one state, and can be listed', async () => {
    await jobsWith('many', jobCount);
    const accepted = await act({
      action: 'tag',
      filter: { tag: 'many' },
      changes: { addTags: ['tagged'] },
    });
    expect(accepted).toMatchObject({
      status: 202,
      body: { action: 'tag', status: 'running', owner: 'local' },
    });
    const path = `/v1/operations/${accepted.body.id}`;
    expect(accepted.headers.get('location')).toBe(`${errand.url}${path}`);
    const tagged = await operationEnd(errand.call, accepted.body.id);
    expect(tagged).toMatchObject({
      status: 'succeeded',
      phase: 'ended',
      completion: 1,
      matched: jobCount,
      done: jobCount,
      refused: 0,
      failed: 0,
      filter: { tag: 'many' },
      changes: { addTags: ['tagged'], removeTags: [] },
    });
    const waited = await errand.call(path, { headers: { prefer: 'wait=20' } });
    expect(expectDocumented(waited, 'getOperation').headers.get('preference-applied')).toBe('wait=20');
    const filter = { tag: 'tagged', status: ['failed'], createdBefore: new Date().toISOString() };
    const deleted = await endedOperation(errand.call, { action: 'delete', filter });
    expect(deleted).toMatchObject({ matched: 200, done: 200, refused: 0 });
    const { body } = await errand.call('/v1/jobs?tag=tagged&limit=1000');
    expect(body.items).toHaveLength(100);
    const list = expectDocumented(await errand.call('/v1/operations?limit=1'), 'listOperations');
    expect(list.body.items.map(({ id }: OperationBody) => id)).toEqual([deleted.id]);
    const rest = await errand.call(`/v1/operations?limit=9&cursor=${list.body.nextCursor}`);
    expect(rest.body.items.map(({ id }: OperationBody) => id)).toContain(tagged.id);
  }, 60_000);

  test('reruns each of them once, and lists those that it refused', async () => {
    await jobsWith('rerun-me', 3);
    const open = aJob({ id: jobIdAt(Date.now() - 50_000, 1n), tenant: errand.tenant, tags: ['rerun-me'] });
    await putJob(errand, { ...open, status: 'waiting', nextCheckAt: Date.now() + 3_600_000 });
    const operation = await endedOperation(errand.call, {
      action: 'rerun',
      filter: { tag: 'rerun-me' },
      changes: { start: false, tags: ['again'] },
    });
    expect(operation).toMatchObject({ matched: 4, done: 3, refused: 1, failed: 0 });
    const { body } = await errand.call('/v1/jobs?tag=again');
    expect(body.items.map(({ status }: OperationBody) => status)).toEqual(['ready', 'ready', 'ready']);
    const path = `/v1/operations/${operation.id}/refusals`;
    const refusals = expectDocumented(await errand.call(path), 'listRefusals');
    expect(refusals.body).toEqual({
      items: [
        {
          jobId: open.id,
          problem: {
            type: 'https://errand.dev/problems/illegal-transition',
            title: "The job's state does not allow this operation",
            status: 409,
            detail: 'Only a job that has ended can be rerun; the job is waiting',
          },
        },
      ],
    });
  }, 60_000);
});

describe('a dry run', () => {
  test('counts the jobs, shows the first ones, and changes nothing', async () => {
    const jobs = await jobsWith('dry', 60);
    const { status, body } = await act({ action: 'abort', filter: { tag: 'dry' }, dryRun: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ action: 'abort', matched: 60, refused: 60, complete: true });
    expect(body.sample.map(({ id }: OperationBody) => id)).toEqual(jobs.slice(0, 50).map(({ id }) => id));
    const ids = [jobs[0]?.id, jobIdAt(5)];
    expect((await act({ action: 'rerun', ids, dryRun: true })).body).toMatchObject({
      matched: 2,
      refused: 1,
    });
  });

  test('requires the scope to read jobs', async () => {
    const body = { action: 'abort', filter: { tag: 'dry' }, dryRun: true };
    const response = await asHolder(writer.key)('/v1/jobs/actions', { body });
    expectProblem(response, 'forbidden');
  });
});

describe('a request for an operation', () => {
  test.each([
    ['/action', { action: 'start', ids: [jobIdAt(1)] }],
    ['/filter', { action: 'abort' }],
    ['/filter', { action: 'abort', filter: {} }],
    ['/ids', { action: 'abort', filter: { tag: 'x' }, ids: [jobIdAt(1)] }],
    ['/ids/0', { action: 'abort', ids: ['no-id'] }],
    ['/filter/status', { action: 'abort', filter: { status: 'ended' } }],
    ['/filter/limit', { action: 'abort', filter: { limit: '5' } }],
    ['/filter/metadata/run', { action: 'abort', filter: { metadata: { run: {} } } }],
    ['/changes/cascade', { action: 'abort', ids: [jobIdAt(1)], changes: { cascade: ['children'] } }],
    ['/changes/reason', { action: 'delete', ids: [jobIdAt(1)], changes: { reason: 'x' } }],
    ['/changes/addTags', { action: 'rerun', ids: [jobIdAt(1)], changes: { addTags: ['x'] } }],
    ['/changes', { action: 'tag', ids: [jobIdAt(1)] }],
    ['/changes', { action: 'tag', ids: [jobIdAt(1)], changes: {} }],
    [
      '/changes/removeTags',
      { action: 'tag', ids: [jobIdAt(1)], changes: { addTags: ['x'], removeTags: ['x'] } },
    ],
    ['/changes', { action: 'rerun', ids: [jobIdAt(1)], changes: { parameters: 'x'.repeat(20_000) } }],
  ])('with an error is refused at %s', async (pointer, body) => {
    const response = await act(body);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('accepts lists as in the query of a list of jobs', async () => {
    await jobsWith('texts', 6);
    const filter = { tag: 'texts', status: 'succeeded,aborted', service: 'echo' };
    expect((await act({ action: 'delete', filter, dryRun: true })).body).toMatchObject({ matched: 2 });
  });

  test('creates one operation for an idempotency key', async () => {
    const call = { headers: { 'idempotency-key': 'one-operation' } };
    const body = { action: 'tag', filter: { tag: 'none' }, changes: { addTags: ['x'] } };
    const [first, second] = [await act(body, call), await act(body, call)];
    expect(second.body.id).toBe(first.body.id);
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expectProblem(await act({ ...body, filter: { tag: 'other' } }, call), 'idempotency-key-reused');
    await operationEnd(errand.call, first.body.id);
  });

  test('by a key that only writes gets a receipt', async () => {
    const jobs = await jobsWith('receipt', 1);
    const body = { action: 'tag', ids: [jobs[0]?.id], changes: { addTags: ['x'] } };
    const response = await asHolder(writer.key)('/v1/jobs/actions', { body });
    expect(Object.keys(expectDocumented(response, 'actOnJobs').body).toSorted()).toEqual(
      ['action', 'createdAt', 'id', 'links', 'status', 'updatedAt', 'urn'].toSorted(),
    );
    expect(await operationEnd(errand.call, response.body.id)).toMatchObject({ owner: 'writer', done: 1 });
    const cascade = { action: 'delete', ids: [jobs[0]?.id], changes: { cascade: 'outputs' } };
    expectProblem(await asHolder(writer.key)('/v1/jobs/actions', { body: cascade }), 'forbidden');
  });

  test('treats jobs of another tenant as missing', async () => {
    const [job] = await jobsWith('private', 1);
    const call = asHolder(other.holder.key);
    const operation = await endedOperation(call, { action: 'delete', ids: [job?.id] });
    expect(operation).toMatchObject({ matched: 1, done: 0, refused: 1 });
    const { body } = await call(`/v1/operations/${operation.id}/refusals`);
    expect(body.items[0]).toMatchObject({ jobId: job?.id, problem: { status: 404 } });
    const tagged = await endedOperation(call, { action: 'delete', filter: { tag: 'private' } });
    expect(tagged).toMatchObject({ matched: 0 });
    expect((await errand.call(`/v1/jobs/${job?.id}`)).status).toBe(200);
    expectProblem(await errand.call(`/v1/operations/${operation.id}`), 'not-found');
  });
});

describe('the abort of an operation', () => {
  test('stops it with the counts so far', async () => {
    await jobsWith('stop', jobCount);
    const body = { action: 'tag', filter: { tag: 'stop' }, changes: { addTags: ['stopped'] } };
    const { id } = (await act(body)).body;
    const response = await errand.call(`/v1/operations/${id}/abort`, { body: { reason: 'wrong tag' } });
    expect([200, 202]).toContain(expectDocumented(response, 'abortOperation').status);
    const ended = await operationEnd(errand.call, id);
    expect(ended).toMatchObject({ status: 'aborted', abort: { by: 'local', reason: 'wrong tag' } });
    const tagged = (await errand.call('/v1/jobs?tag=stopped&limit=1000')).body.items.length;
    expect(ended.done).toBe(tagged);
    expect(ended.done).toBeLessThan(jobCount);
    const again = await errand.call(`/v1/operations/${id}/abort`, { method: 'POST' });
    expect(again).toMatchObject({ status: 200, body: { id, status: 'aborted' } });
  }, 60_000);

  test('is refused after its success', async () => {
    const body = { action: 'tag', filter: { tag: 'none' }, changes: { addTags: ['x'] } };
    const { id } = await endedOperation(errand.call, body);
    expectProblem(await errand.call(`/v1/operations/${id}/abort`, { method: 'POST' }), 'operation-ended');
  });
});
