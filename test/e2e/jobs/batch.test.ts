import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, jobRerunAs } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { putOperation } from '../../support/operations/put-operation.ts';

const other = newTenant();
const asOther = other.call;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

async function submit(jobs: readonly unknown[], call: Call = {}) {
  const response = await errand.call('/v1/jobs/batch', { ...call, body: { jobs } });
  return expectDocumented(response, 'submitJobs');
}

function echoes(name: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({ service: 'echo', name, parameters: { index } }));
}

async function countOf(name: string, call: Call = {}): Promise<number> {
  const { body } = await errand.call('/v1/jobs?limit=1000', call);
  return body.items.filter((job: JobBody) => job.name === name).length;
}

function idsOf({ body }: { readonly body: JobBody }): readonly string[] {
  return body.items.flatMap(({ job }: JobBody) => job?.id ?? []);
}

describe('a bulk submission', () => {
  test('of 100 jobs is accepted in its order, and every job of it ends', async () => {
    const response = await submit(echoes('hundred', 100));
    expect(response.status).toBe(202);
    expect(response.headers.has('idempotency-replayed')).toBe(false);
    const ids = idsOf(response);
    expect(new Set(ids).size).toBe(100);
    for (const [index, id] of ids.entries()) {
      expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', result: { index } });
    }
    expect(await countOf('hundred')).toBe(100);
  });

  test('returns each job as a list shows it', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await submit([{ service: 'echo', tags: ['a'] }], { headers: { traceparent } });
    const [{ job }] = body.items;
    expect(job).toMatchObject({
      status: 'pending',
      service: { name: 'echo', version: '1.0.0' },
      tags: ['a'],
    });
    const ended = await endedJob(errand, job.id);
    expect(ended).toMatchObject({ urn: job.urn, traceparent, requestedAt: job.requestedAt });
    expect(job.links.self).toBe(ended.links.self);
  });

  test('accepts valid submissions beside invalid ones, in the order of the request', async () => {
    const { status, body } = await submit([
      { service: 'echo', name: 'partly' },
      { service: 'csv-profile@1.0.0', parameters: { csv: 'a\n1\n', delimiter: 7 } },
      { service: 'ecko' },
      { service: 'echo', surprise: true },
      'echo',
      { service: 'echo', name: 'partly' },
    ]);
    expect(status).toBe(202);
    expect(body.items).toMatchObject([
      { job: { name: 'partly' } },
      { problem: { status: 422, errors: [{ pointer: '/jobs/1/parameters/delimiter' }] } },
      { problem: { status: 404, suggestions: ['echo'] } },
      { problem: { status: 400, errors: [{ pointer: '/jobs/3/surprise' }] } },
      { problem: { status: 400, errors: [{ pointer: '/jobs/4', keyword: 'type' }] } },
      { job: { name: 'partly' } },
    ]);
    expect(await countOf('partly')).toBe(2);
  });

  test('does not wait for its jobs', async () => {
    const jobs = [{ service: 'echo', parameters: { sleepSeconds: 50 } }];
    const response = await submit(jobs, { headers: { prefer: 'wait=20' } });
    expect(response.headers.has('preference-applied')).toBe(false);
    expect(response.body.items[0].job.status).toBe('pending');
    expect((await errand.call(`/v1/jobs/${idsOf(response)[0]}/abort`, { method: 'POST' })).status).toBe(200);
  });

  test.each([
    ['no jobs', { jobs: [] }, '/jobs'],
    ['101 jobs', { jobs: echoes('refused', 101) }, '/jobs'],
    ['no list', { jobs: { service: 'echo', name: 'refused' } }, '/jobs'],
    ['an unknown member', { jobs: echoes('refused', 1), wait: 1 }, '/wait'],
  ])('is refused as a whole for %s', async (_, body, pointer) => {
    const response = expectDocumented(await errand.call('/v1/jobs/batch', { body }), 'submitJobs');
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer }]);
    expect(await countOf('refused')).toBe(0);
  });

  test('belongs to its tenant, with its services, jobs and keys', async () => {
    const headers = { ...asOther.headers, 'idempotency-key': 'of-both' };
    const own = await submit(echoes('own', 2), { headers: { 'idempotency-key': 'of-both' } });
    const { body } = await submit(echoes('own', 2), { withKey: false, headers });
    expect(body.items).toMatchObject([
      { problem: { status: 404, suggestions: [] } },
      { problem: { status: 404, suggestions: [] } },
    ]);
    expect(await countOf('own', asOther)).toBe(0);
    for (const id of idsOf(own)) expectProblem(await errand.call(`/v1/jobs/${id}`, asOther), 'not-found');
  });
});

describe('a bulk submission under an idempotency key', () => {
  test('creates its jobs once, however often it is sent', async () => {
    const headers = { 'idempotency-key': '"once"' };
    const jobs = [...echoes('once', 12), { service: 'ecko' }];
    const responses = await Promise.all([1, 2, 3].map(() => submit(jobs, { headers })));
    responses.push(await submit(jobs, { headers }));
    for (const response of responses) expect(idsOf(response)).toEqual(idsOf(responses[0] ?? response));
    expect(idsOf(responses[0] ?? { body: {} })).toHaveLength(12);
    expect(responses.at(-1)?.headers.get('idempotency-replayed')).toBe('true');
    expect(await countOf('once')).toBe(12);
  });

  test('returns the errors of its jobs, and their latest reruns, when it is sent again', async () => {
    const headers = { 'idempotency-key': 'failing' };
    const failing = [{ service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } }];
    const [id = ''] = idsOf(await submit(failing, { headers }));
    const { error } = await endedJob(errand, id);
    const rerun = await errand.call(`/v1/jobs/${id}/rerun`, { body: { start: false } });
    await jobRerunAs(errand, id, rerun.body.id);
    const [{ job }] = (await submit(failing, { headers })).body.items;
    expect(job).toMatchObject({
      id,
      error: { code: error.code, detail: error.detail },
      rerunAs: rerun.body.id,
    });
    expect(Object.keys(job.error)).toEqual(['code', 'detail']);
  });

  test('is refused as a whole with another body, and for another operation', async () => {
    const headers = { 'idempotency-key': 'bound' };
    await submit([{ service: 'ecko' }], { headers });
    expectProblem(await submit(echoes('bound', 1), { headers }), 'idempotency-key-reused');
    const single = await errand.call('/v1/jobs', { body: { service: 'echo', name: 'bound' }, headers });
    expectProblem(single, 'idempotency-key-reused');
    expect(await countOf('bound')).toBe(0);
  });

  test('creates the missing jobs when it is sent again after a failure', async () => {
    const headers = { 'idempotency-key': 'broken-off' };
    const jobs = echoes('broken-off', 5);
    const heal = errand.cloud.faults.add({ service: 'dynamodb', kind: 'throttle' });
    try {
      expectProblem(await submit(jobs, { headers }), 'unavailable');
    } finally {
      heal();
    }
    expect(idsOf(await submit(jobs, { headers }))).toHaveLength(5);
    expect(await countOf('broken-off')).toBe(5);
  });
});

describe('a request for an array job', () => {
  const array = { template: { service: 'echo' }, over: [{}] };
  const request = async (body: object, call: Call = {}) =>
    expectDocumented(await errand.call('/v1/jobs/batch', { ...call, body }), 'submitJobs');

  test('over a data object that does not exist is rejected', async () => {
    const over = { dataId: '01990000-0000-7000-8000-000000000000' };
    expectProblem(await request({ ...array, over }), 'invalid-inputs');
  });

  test('is rejected if five operations of the tenant are running', async () => {
    for (let count = 0; count < 5; count += 1) {
      const id = jobIdAt(Date.now(), BigInt(count));
      await putOperation({ ...errand, tenant: other.holder.tenant }, { id, status: 'running' });
    }
    const response = await request(array, asOther);
    expectProblem(response, 'quota-exceeded');
    expect(response.headers.get('retry-after')).toBe('30');
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['submitJobs'])).toEqual([]);
});
