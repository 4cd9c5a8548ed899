import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';
import { operationEnd } from '../../support/operations/ended-operation.ts';
import { uploadedData } from '../data/uploaded-data.ts';

const writer = { key: 'key-of-a-writer-of-array-jobs', principal: 'writer' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, { ...writer, tenant: errand.tenant, scopes: ['jobs:write'] });
}, 60_000);
afterAll(() => errand?.end());

async function submit(body: object, call: Call = {}): Promise<ApiResponse> {
  return expectDocumented(await errand.call('/v1/jobs/batch', { ...call, body }), 'submitJobs');
}

async function jobsOf(group: string): Promise<readonly JobBody[]> {
  const { body } = await errand.call(`/v1/jobs?limit=1000&order=asc&group=${group}`);
  return body.items;
}

const asWriter: Call = { withKey: false, headers: { 'x-api-key': writer.key } };

describe('an array job', () => {
  test('runs a job for each element of the request, and lists the elements that it refused', async () => {
    const over = Array.from({ length: 120 }, (_, index) =>
      index % 40 === 7
        ? { inputs: { none: [jobIdAt(1)] }, name: `${index}` }
        : { parameters: { index }, name: `${index}` },
    );
    const template = { service: 'echo', tags: ['array'], parameters: { common: true, index: -1 } };
    const accepted = await submit({ template, over, group: 'elements' });
    expect(accepted).toMatchObject({
      status: 202,
      body: {
        action: 'submit',
        status: 'running',
        owner: 'local',
        template: {
          service: 'echo',
          tags: ['array'],
          group: 'elements',
          parameters: { common: true, index: -1 },
        },
      },
    });
    const path = `/v1/operations/${accepted.body.id}`;
    expect(accepted.headers.get('location')).toBe(`${errand.url}${path}`);
    const operation = await operationEnd(errand.call, accepted.body.id);
    expect(operation).toMatchObject({ status: 'succeeded', matched: 120, done: 117, refused: 3, failed: 0 });
    expectDocumented(await errand.call(path), 'getOperation');
    const refusals = expectDocumented(await errand.call(`${path}/refusals`), 'listRefusals').body;
    expect(refusals.items.map(({ index }: JobBody) => index)).toEqual([7, 47, 87]);
    expect(refusals.items[0]).toEqual({
      index: 7,
      problem: expect.objectContaining({ type: 'https://errand.dev/problems/invalid-inputs', status: 422 }),
    });
    const jobs = await jobsOf('elements');
    expect(jobs.map(({ name }) => name)).toEqual(
      over.filter(({ inputs }) => inputs === undefined).map(({ name }) => name),
    );
    for (const { id, name } of jobs)
      expect(await endedJob(errand, id)).toMatchObject({
        status: 'succeeded',
        group: 'elements',
        result: { common: true, index: Number(name) },
      });
    const list = expectDocumented(await errand.call('/v1/operations?limit=1'), 'listOperations');
    expect(list.body.items[0]).toMatchObject({ id: operation.id, action: 'submit' });
  }, 120_000);

  test('runs a job for each element of a data object', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => JSON.stringify({ parameters: { index } }));
    const content = Buffer.from(lines.join('\n'));
    const { id: dataId } = await uploadedData(errand.call, content, { mediaType: 'application/x-ndjson' });
    const { body } = await submit({ template: { service: 'echo' }, over: { dataId }, group: 'lines' });
    expect(body).toMatchObject({ over: { dataId } });
    expect(await operationEnd(errand.call, body.id)).toMatchObject({
      matched: 60,
      done: 60,
      over: { dataId },
    });
    const [first] = await jobsOf('lines');
    expect(await endedJob(errand, first?.id)).toMatchObject({ result: { index: 0 } });
    expect(await jobsOf('lines')).toHaveLength(60);
  }, 60_000);

  test('is created once for an idempotency key', async () => {
    const body = { template: { service: 'echo', start: false }, over: [{ name: 'once' }] };
    const call = { headers: { 'idempotency-key': 'one-array' } };
    const [first, second] = [await submit(body, call), await submit(body, call)];
    expect(second.body.id).toBe(first.body.id);
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expectProblem(await submit({ ...body, over: [{}] }, call), 'idempotency-key-reused');
    await operationEnd(errand.call, first.body.id);
    expect((await errand.call('/v1/jobs?namePrefix=once')).body.items).toHaveLength(1);
  });

  test('of a key that only writes is a receipt, and may neither read data nor reuse results', async () => {
    const template = { service: 'echo' };
    const response = await submit({ template, over: [{}] }, asWriter);
    expect(Object.keys(response.body).toSorted()).toEqual(
      ['action', 'createdAt', 'id', 'links', 'status', 'updatedAt', 'urn'].toSorted(),
    );
    expect(await operationEnd(errand.call, response.body.id)).toMatchObject({ owner: 'writer', done: 1 });
    const { id: dataId } = await uploadedData(errand.call, Buffer.from('{}'), {
      mediaType: 'application/json',
    });
    expectProblem(await submit({ template, over: { dataId } }, asWriter), 'forbidden');
    const reuse = { ...template, reuse: { maxAgeSeconds: 60 } };
    expectProblem(await submit({ template: reuse, over: [{}] }, asWriter), 'forbidden');
  });

  test.each([
    ['/over', { template: { service: 'echo' } }],
    ['/template', { over: [{}] }],
    ['/over', { template: { service: 'echo' }, over: [] }],
    ['/over/dataId', { template: { service: 'echo' }, over: { dataId: 'no-id' } }],
    ['/jobs', { template: { service: 'echo' }, over: [{}], jobs: [{ service: 'echo' }] }],
    ['/template/priority', { template: { service: 'echo', priority: -1 }, over: [{}] }],
    ['/template', { template: { service: 'echo', parameters: 'x'.repeat(20_000) }, over: [{}] }],
    ['/group', { template: { service: 'echo' }, over: [{}], group: '' }],
  ])('with an error is refused at %s', async (pointer, body) => {
    const response = await submit(body);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('of a data object that is no list of elements is refused', async () => {
    const { id: dataId } = await uploadedData(errand.call, Buffer.from('a,b'), { mediaType: 'text/csv' });
    const response = await submit({ template: { service: 'echo' }, over: { dataId } });
    expectProblem(response, 'invalid-inputs');
    expect(response.body.errors[0].pointer).toBe('/over/dataId');
  });
});
