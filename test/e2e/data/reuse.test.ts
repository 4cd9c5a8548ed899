import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import {
  endedJob,
  type JobBody,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { uploadedData } from './uploaded-data.ts';

const other = newTenant();
const writer = {
  tenant: 'local',
  principal: 'writer',
  key: 'key-that-only-writes',
  scopes: ['jobs:write'],
} as const;
const picture = Buffer.from('<svg/>');

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  await addKey(errand.cloud, other.holder);
  await addKey(errand.cloud, writer);
  const definition = {
    parameters: { type: 'object', properties: { unit: { default: 'metre' } } },
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    inputs: { table: { required: false } },
    outputs: { plot: { required: false } },
  };
  for (const options of [{}, other.call]) {
    await register('measure', { ...definition, deterministic: true }, options);
    await register('guess', definition, options);
  }
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

async function register(name: string, body: object, call: object): Promise<void> {
  const response = await errand.call(`/v1/services/${name}/versions/1.0.0`, { method: 'PUT', body, ...call });
  expect(response.status).toBe(201);
}

const call: TestErrand['call'] = (path, options) => errand.call(path, options);
const uploaded = (text: string, name = 'table.csv') => uploadedData(call, Buffer.from(text), { name });

/** Runs a job to its end; with `plot`, it writes an output. */
async function succeeded(
  submission: object,
  { result = 'result', plot = false }: { readonly result?: unknown; readonly plot?: boolean } = {},
): Promise<JobBody> {
  const { id } = await submitJob(errand, { service: 'measure', ...submission });
  const attempt = await paused.invocation(id);
  if (plot) {
    const path = `${attempt.worker.url.slice(errand.url.length)}/outputs/plot`;
    const headers = { authorization: `Bearer ${attempt.worker.token}` };
    const body = { name: 'plot.svg', mediaType: 'image/svg+xml', sizeBytes: picture.length };
    const created = await call(path, { body, headers, withKey: false });
    const { url, headers: uploadHeaders } = created.body.upload;
    await fetch(url, { method: 'PUT', headers: uploadHeaders, body: Uint8Array.from(picture) });
    const completePath = `${path}/${created.body.id}/complete`;
    expect((await call(completePath, { method: 'POST', headers, withKey: false })).status).toBe(200);
  }
  attempt.finish(result);
  const job = await endedJob(errand, id);
  expect(job.status).toBe('succeeded');
  return job;
}

async function reuse(submission: object, options: object = {}): Promise<ApiResponse> {
  const body = { service: 'measure', reuse: { maxAgeSeconds: 3600 }, ...submission };
  return expectDocumented(await call('/v1/jobs', { body, ...options }), 'submitJob');
}

/** A submission that is not answered from an earlier job runs: it is accepted, and then ended here. */
async function expectRun({ status, body }: ApiResponse): Promise<void> {
  expect([status, body.reusedFrom]).toEqual([202, undefined]);
  (await paused.invocation(body.id)).finish('own result');
  expect(await endedJob(errand, body.id)).toMatchObject({ attempt: 1, result: 'own result' });
}

describe('a submission with `reuse`', () => {
  test('returns a job that has ended, with the result and the outputs of the earlier one', async () => {
    const table = await uploaded('a\n1\n');
    const parameters = { unit: 'mile', size: { width: 1, height: 2 } };
    const earlier = await succeeded(
      { parameters, inputs: { table: [table.id] } },
      { result: { length: 7 }, plot: true },
    );
    const again = await uploaded('a\n1\n', 'renamed.csv');
    const response = await reuse({
      parameters: { size: { height: 2, width: 1 }, unit: 'mile' },
      inputs: { table: [again.id] },
    });
    const { body: job } = response;
    expect(response.status).toBe(200);
    expect(response.headers.get('location')).toBe(`${errand.url}/v1/jobs/${job.id}`);
    expect(job).toMatchObject({
      status: 'succeeded',
      reusedFrom: earlier.id,
      attempt: 0,
      result: { length: 7 },
      inputs: { table: [{ id: again.id, name: 'renamed.csv' }] },
    });
    expect(job.links.reusedFrom).toBe(earlier.links.self);
    expect(job).not.toHaveProperty('startedAt');
    expect(await statesOf(errand, job.id)).toEqual(['pending', 'succeeded']);

    const shown = expectDocumented(await call(`/v1/jobs/${job.id}`), 'getJob').body;
    expect(shown.outputs).toEqual((await call(`/v1/jobs/${earlier.id}`)).body.outputs);
    expect(shown.outputs.plot).toMatchObject([{ name: 'plot.svg', complete: true }]);
    const list = expectDocumented(await call(`/v1/jobs/${job.id}/outputs`), 'listOutputs');
    expect(list.body.items).toHaveLength(1);
    const content = expectDocumented(await call(`/v1/jobs/${job.id}/outputs/plot`), 'getOutput');
    expect(await (await fetch(content.headers.get('location') ?? '')).text()).toBe(picture.toString());
    const attempts = expectDocumented(await call(`/v1/jobs/${job.id}/attempts`), 'getAttempts');
    expect(attempts.body.items).toEqual([]);

    const path = `/v1/jobs/${job.id}/lineage?direction=up`;
    const lineage = expectDocumented(await call(path), 'getJobLineage').body;
    expect(lineage.edges).toContainEqual({ from: job.id, to: earlier.id, relation: 'reusedFrom' });
    const down = (await call(`/v1/jobs/${earlier.id}/lineage?direction=down`)).body;
    expect(down.nodes.map(({ id }: JobBody) => id)).toContain(job.id);
  });

  test('returns a large result of the earlier job', async () => {
    const result = { text: 'x'.repeat(100_000) };
    const earlier = await succeeded({ parameters: { unit: 'large' } }, { result });
    const { body: job } = await reuse({ parameters: { unit: 'large' } });
    expect(job.reusedFrom).toBe(earlier.id);
    expect((await call(`/v1/jobs/${job.id}/result`)).body).toEqual(result);
  });

  test('runs with other parameters, and with another content of an input', async () => {
    const [first, second] = [await uploaded('a\n1\n'), await uploaded('a\n2\n')];
    const parameters = { unit: 'inputs' };
    await succeeded({ parameters, inputs: { table: [first.id] } });
    await expectRun(await reuse({ parameters: { unit: 'other' }, inputs: { table: [first.id] } }));
    await expectRun(await reuse({ parameters, inputs: { table: [second.id] } }));
    await expectRun(await reuse({ parameters }));
    expect((await reuse({ parameters, inputs: { table: [first.id] } })).status).toBe(200);
  });

  test('runs if the earlier job belongs to another tenant', async () => {
    const parameters = { unit: 'tenant' };
    await succeeded({ parameters });
    const { status, body } = await reuse({ parameters }, other.call);
    expect([status, body.reusedFrom]).toEqual([202, undefined]);
    (await paused.invocation(body.id)).finish('theirs');
  });

  test('runs if the earlier job is too old', async () => {
    const parameters = { unit: 'old' };
    const earlier = await succeeded({ parameters });
    const ageMs = () => Date.now() - Date.parse(earlier.finishedAt);
    while (ageMs() <= 1000) await new Promise((resolve) => setTimeout(resolve, 1001 - ageMs()));
    await expectRun(await reuse({ parameters, reuse: { maxAgeSeconds: 1 } }));
  });

  test('protects the earlier job from deletion, and runs after it was deleted', async () => {
    const parameters = { unit: 'deleted' };
    const earlier = await succeeded({ parameters });
    const { body: job } = await reuse({ parameters });
    const refusal = await call(`/v1/jobs/${earlier.id}`, { method: 'DELETE' });
    expectProblem(refusal, 'job-has-dependents');
    expect(refusal.body.jobIds).toEqual([job.id]);
    for (const { id } of [job, earlier])
      expect((await call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    await expectRun(await reuse({ parameters }));
  });

  test('returns the same job when it is repeated with its idempotency key', async () => {
    const parameters = { unit: 'repeated' };
    await succeeded({ parameters });
    const headers = { 'idempotency-key': 'reuse-1' };
    const first = await reuse({ parameters }, { headers });
    const repeated = await reuse({ parameters }, { headers });
    expect(repeated.body.id).toBe(first.body.id);
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
  });

  test('works for each job of a bulk submission, and for a validation', async () => {
    const parameters = { unit: 'bulk' };
    const earlier = await succeeded({ parameters });
    const job = { service: 'measure', parameters, reuse: { maxAgeSeconds: 60 } };
    const bulk = await call('/v1/jobs/batch', { body: { jobs: [job, { ...job, service: 'guess' }] } });
    expectDocumented(bulk, 'submitJobs');
    const [item, refused] = bulk.body.items;
    expect((await call(`/v1/jobs/${item.job.id}`)).body.reusedFrom).toBe(earlier.id);
    expect(refused.problem.errors[0].pointer).toBe('/jobs/1/reuse');
    const before = (await call('/v1/jobs?limit=1')).body.items[0].id;
    expect((await call('/v1/jobs?validateOnly=true', { body: job })).status).toBe(204);
    expect((await call('/v1/jobs?limit=1')).body.items[0].id).toBe(before);
  });

  test.each([
    ['a service that is not deterministic', { service: 'guess' }, '/reuse'],
    ['a draft', { start: false }, '/reuse'],
    ['an age of 0', { reuse: { maxAgeSeconds: 0 } }, '/reuse/maxAgeSeconds'],
    ['more than 365 days', { reuse: { maxAgeSeconds: 31_536_001 } }, '/reuse/maxAgeSeconds'],
    ['no age', { reuse: {} }, '/reuse/maxAgeSeconds'],
  ])('is rejected for %s', async (_, submission, pointer) => {
    const response = await reuse(submission);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  test('requires `jobs:read`, also for a validation and within a bulk submission', async () => {
    const parameters = { unit: 'scope' };
    const earlier = await succeeded({ parameters });
    const job = { service: 'measure', parameters, reuse: { maxAgeSeconds: 60 } };
    const asWriter = { withKey: false, headers: { 'x-api-key': writer.key } };
    const before = (await call('/v1/jobs?limit=1')).body.items[0].id;
    for (const [path, body] of [
      ['/v1/jobs', job],
      ['/v1/jobs?validateOnly=true', job],
      ['/v1/jobs/batch', { jobs: [{ service: 'measure' }, job] }],
    ] as const) {
      const response = await call(path, { body, ...asWriter });
      expectProblem(response, 'forbidden');
      expect(response.body.detail).toContain('jobs:read');
    }
    expect((await call('/v1/jobs?limit=1')).body.items[0].id).toBe(before);
    expect((await reuse({ parameters })).body.reusedFrom).toBe(earlier.id);
    const { reuse: _, ...plain } = job;
    const accepted = await call('/v1/jobs', { body: plain, ...asWriter });
    expect(accepted.status).toBe(202);
    (await paused.invocation(accepted.body.id)).finish(null);
  });

  test('is accepted from the worker of a parent', async () => {
    const parameters = { unit: 'child' };
    const earlier = await succeeded({ parameters });
    const parent = await submitJob(errand, { service: 'guess' });
    const attempt = await paused.invocation(parent.id);
    const body = { service: 'measure', parameters, reuse: { maxAgeSeconds: 60 } };
    const headers = { authorization: `Bearer ${attempt.worker.token}` };
    const path = `${attempt.worker.url.slice(errand.url.length)}/children`;
    const child = await call(path, { body, headers, withKey: false });
    expect(child).toMatchObject({ status: 200, body: { reusedFrom: earlier.id, parentId: parent.id } });
    attempt.finish(null);
    await reconcileUntilEnded(errand, parent.id);
  });
});
