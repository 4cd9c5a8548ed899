import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';

const other = newTenant();
const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
const sized = {
  type: 'object',
  properties: { size: { type: 'integer' }, unit: { default: 'm' } },
  required: ['size'],
};
const complete = { service: 'sized@1.0.0', parameters: { size: 1 } };
const paused = { prefer: 'wait=20' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
  for (const version of ['1.0.0', '2.0.0']) await register('sized', sized, version);
});
afterAll(() => errand?.end());

async function register(name: string, parameters: object, version = '1.0.0') {
  const call = { method: 'PUT', body: { parameters, dispatcher } };
  const { status } = await errand.call(`/v1/services/${name}/versions/${version}`, call);
  expect(status).toBeLessThan(300);
}

async function draft(submission: object = {}, call: Call = {}): Promise<JobBody> {
  const body = { start: false, ...submission };
  const response = expectDocumented(await errand.call('/v1/jobs', { body, ...call }), 'submitJob');
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe(response.body.links.self);
  return response.body;
}

async function edit(jobId: string, body: unknown, call: Call = {}): Promise<ApiResponse> {
  const response = await errand.call(`/v1/jobs/${jobId}`, { method: 'PATCH', body, ...call });
  return expectDocumented(response, 'editJob');
}

async function start(jobId: string, call: Call = {}): Promise<ApiResponse> {
  const response = await errand.call(`/v1/jobs/${jobId}/start`, { method: 'POST', ...call });
  return expectDocumented(response, 'startJob');
}

const abort = (jobId: string) => errand.call(`/v1/jobs/${jobId}/abort`, { method: 'POST' });
const get = async (jobId: string): Promise<JobBody> => (await errand.call(`/v1/jobs/${jobId}`)).body;
const allowedOf = ({ actions }: JobBody) =>
  actions.filter((one: JobBody) => one.allowed).map(({ name }: JobBody) => name);

describe('a draft whose service was deleted', () => {
  test('is found by its name and by its service, can be read, and can be given another service or be aborted', async () => {
    await register('passing', { type: 'object' });
    const made = await draft({ service: 'passing@1.0.0', tags: ['passing'] });
    const other = await draft({ service: 'passing@1.0.0' });
    expect((await abort(other.id)).status).toBe(200);
    const controller = await errand.call('/v1/services/passing/versions/1.0.0', { method: 'DELETE' });
    expect(controller.status).toBe(204);
    const newestFirst = [other.id, made.id];
    for (const query of ['namePrefix=passing', 'namePrefix=pass', 'service=passing']) {
      const response = expectDocumented(await errand.call(`/v1/jobs?${query}`), 'listJobs');
      expect(response.body.items.map(({ id }: JobBody) => id)).toEqual(newestFirst);
    }
    for (const query of ['tag=passing', 'namePrefix=passing&status=ready', `namePrefix=p&id=${made.id}`]) {
      const { body } = await errand.call(`/v1/jobs?${query}`);
      expect(body.items.map(({ id }: JobBody) => id)).toEqual([made.id]);
    }
    expect(await get(made.id)).toMatchObject({
      status: 'ready',
      name: 'passing',
      service: { name: 'passing' },
    });
    expectProblem(await start(made.id), 'job-not-ready');
    expect(await get(made.id)).toMatchObject({ status: 'draft', missing: [{ pointer: '/service' }] });
    expect((await edit(made.id, complete)).body).toMatchObject({ status: 'ready', name: 'sized' });
    expect(
      (await errand.call('/v1/jobs?namePrefix=sized')).body.items.map(({ id }: JobBody) => id),
    ).toContain(made.id);
  });
});

describe('a job that is created without a start', () => {
  test('is a draft while a part is missing, ready when it is complete, and runs when it is started', async () => {
    const made = await draft({ tags: ['a'], priority: 60 }, { headers: paused });
    expect(made).toMatchObject({
      status: 'draft',
      name: 'draft',
      tags: ['a'],
      priority: 60,
      missing: [{ pointer: '/service', detail: 'is required', keyword: 'required' }],
    });
    expect(made).not.toHaveProperty('service');
    expect(allowedOf(made)).toEqual(expect.arrayContaining(['edit', 'abort']));
    expect(allowedOf(made)).not.toContain('start');
    const halfway = await edit(made.id, { service: 'sized@1.0.0' });
    expect(halfway.body).toMatchObject({ status: 'draft', missing: [{ pointer: '/parameters/size' }] });
    const { body: ready, headers } = await edit(made.id, { parameters: { size: 3 } });
    expect(ready).toMatchObject({
      status: 'ready',
      name: 'sized',
      missing: [],
      parameters: { size: 3, unit: 'm' },
    });
    expect(headers.get('etag')).toBe(`"${ready.version}"`);
    expect(allowedOf(ready)).toEqual(expect.arrayContaining(['edit', 'start', 'abort']));
    const started = await start(made.id, { headers: paused });
    expect(started.status).toBe(200);
    expect(started.body).toMatchObject({ status: 'succeeded', result: { size: 3, unit: 'm' }, id: made.id });
    expect(started.body.requestedAt).toBe(made.requestedAt);
    expect(started.body).not.toHaveProperty('missing');
    expect(started.headers.get('preference-applied')).toBe('wait=20');
    expect(await statesOf(errand, made.id)).toEqual(['draft', 'ready', 'pending', 'executing', 'succeeded']);
    expect((await errand.call(`/v1/jobs/${made.id}/request`)).body).toEqual({ size: 3 });
  });

  test('becomes a draft again when an edit removes a part', async () => {
    const { id, status } = await draft(complete);
    expect(status).toBe('ready');
    expect((await edit(id, { parameters: { size: null } })).body).toMatchObject({ status: 'draft' });
    expect((await edit(id, { parameters: { size: 2 } })).body).toMatchObject({ status: 'ready' });
    expect((await edit(id, { service: null })).body.missing).toMatchObject([{ pointer: '/service' }]);
    expect(await statesOf(errand, id)).toEqual(['ready', 'draft', 'ready', 'draft']);
  });

  test('is created immediately, whatever wait is requested, and is listed', async () => {
    const startedAt = Date.now();
    const response = await errand.call('/v1/jobs', {
      body: { start: false, name: 'listed' },
      headers: paused,
    });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(response.headers.has('preference-applied')).toBe(false);
    const { body } = await errand.call('/v1/jobs?status=draft&limit=1000');
    expect(body.items.map(({ id }: JobBody) => id)).toContain(response.body.id);
    expectProblem(await errand.call(`/v1/jobs/${response.body.id}/result`), 'result-not-ready');
  });

  test('is created once under an idempotency key, and is found again when it runs', async () => {
    const keyed = { headers: { 'idempotency-key': 'one-draft' } };
    const made = await draft(complete, keyed);
    const again = await errand.call('/v1/jobs', { ...keyed, body: { start: false, ...complete } });
    expect(again).toMatchObject({ status: 201, body: { id: made.id } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await start(made.id, { headers: paused });
    const later = await errand.call('/v1/jobs', { ...keyed, body: { start: false, ...complete } });
    expect(later).toMatchObject({ status: 200, body: { id: made.id, status: 'succeeded' } });
    const other = await errand.call('/v1/jobs', { ...keyed, body: complete });
    expectProblem(other, 'idempotency-key-reused');
  });

  test('may be part of a bulk submission, and may be a rerun', async () => {
    const jobs = [{ start: false }, { start: false, ...complete }, {}];
    const { body } = await errand.call('/v1/jobs/batch', { body: { jobs } });
    expect(body.items).toMatchObject([
      { job: { status: 'draft' } },
      { job: { status: 'ready' } },
      { problem: { errors: [{ pointer: '/jobs/2/service', keyword: 'required' }] } },
    ]);
    const job = await endedJob(errand, (await submitJob(errand, complete)).id);
    const changes = { start: false, parameters: {} };
    const response = await errand.call(`/v1/jobs/${job.id}/rerun`, { body: changes });
    expectDocumented(response, 'rerunJob');
    expect(response).toMatchObject({ status: 201, body: { status: 'draft', rerunOf: job.id } });
  });

  test('is refused for a service that does not exist, and with a start without a service', async () => {
    const request = (body: object) => errand.call('/v1/jobs', { body });
    expectProblem(await request({ start: false, service: 'sizet' }), 'service-not-found');
    expectProblem(await request({ start: false, service: 'sized' }), 'ambiguous-version');
    for (const body of [{}, { start: true }]) {
      const refused = await request(body);
      expectProblem(refused, 'invalid-request');
      expect(refused.body.errors).toEqual([
        { pointer: '/service', detail: 'is required', keyword: 'required' },
      ]);
    }
  });

  test('is aborted immediately, from both states, and then runs only as a rerun', async () => {
    for (const submission of [{}, complete]) {
      const { id, status } = await draft(submission);
      const { body } = await abort(id);
      expect(body).toMatchObject({ status: 'aborted', attempt: 0, abort: { stopped: 'not-started' } });
      expect(body).not.toHaveProperty('missing');
      expect(await statesOf(errand, id)).toEqual([status, 'aborted']);
      expectProblem(await start(id), 'illegal-transition');
    }
    const { id } = await draft();
    await abort(id);
    const rerun = (body: object) => errand.call(`/v1/jobs/${id}/rerun`, { body, headers: paused });
    const refused = await rerun({});
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ pointer: '/service', keyword: 'required' }]);
    expect((await rerun(complete)).body).toMatchObject({ status: 'succeeded', rerunOf: id, name: 'sized' });
  });
});

describe('an edit', () => {
  test('is a merge patch, under either media type', async () => {
    const { id } = await draft({
      ...complete,
      metadata: { a: 1, b: { c: 2, d: 3 } },
      retry: { maxAttempts: 7 },
    });
    const patch = {
      name: 'mine',
      tags: ['x'],
      metadata: { a: null, b: { c: 4 } },
      retry: { backoffSeconds: 0 },
    };
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect((await edit(id, patch, { headers })).body).toMatchObject({
      name: 'mine',
      tags: ['x'],
      metadata: { b: { c: 4, d: 3 } },
      maxAttempts: 7,
    });
    const bare = await edit(id, { name: null, tags: null, metadata: null, retry: null, priority: 5 });
    expect(bare.body).toMatchObject({ name: 'sized', tags: [], metadata: {}, maxAttempts: 3, priority: 5 });
  });

  test('applies to the tag that it names, and to no other', async () => {
    const { id } = await draft(complete);
    const first = (await errand.call(`/v1/jobs/${id}`)).headers.get('etag') ?? '';
    const changed = await edit(id, { tags: ['a'] }, { headers: { 'if-match': first } });
    expect(changed).toMatchObject({ status: 200, body: { tags: ['a'] } });
    expectProblem(await edit(id, { tags: ['b'] }, { headers: { 'if-match': first } }), 'precondition-failed');
    for (const tag of ['*', `"0", ${changed.headers.get('etag')}`]) {
      const response = await edit(id, { tags: ['a'] }, { headers: { 'if-match': tag } });
      expect(response.status).toBe(200);
      expect(response.headers.get('etag')).toBe(changed.headers.get('etag'));
    }
  });

  test('of name, tags and metadata is accepted while a job runs and when it has ended', async () => {
    const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 50 } });
    expect((await edit(id, { name: 'still there' })).body.name).toBe('still there');
    await abort(id);
    const { body } = await edit(id, { tags: ['over'], metadata: { seen: true } });
    expect(body).toMatchObject({
      status: 'aborted',
      name: 'still there',
      tags: ['over'],
      metadata: { seen: true },
    });
    const states = await statesOf(errand, id);
    expect([states[0], states.at(-1)]).toEqual(['pending', 'aborted']);
    expect(new Set(states).size).toBe(states.length);
  });

  test('of any other member is refused then, and changes nothing', async () => {
    const running = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 50 } });
    const ended = await endedJob(errand, (await submitJob(errand, { service: 'echo' })).id);
    for (const { id } of [running, ended]) {
      const refused = await edit(id, { name: 'new', parameters: { a: 1 } });
      expectProblem(refused, 'illegal-transition');
      expect(refused.body.actions).toEqual((await get(id)).actions);
      expect((await get(id)).name).toBe('echo');
    }
    await abort(running.id);
  });

  test('is refused for metadata that the service cannot index, once the job is started', async () => {
    const body = { parameters: {}, dispatcher, indexedMetadata: ['run'] };
    await errand.call('/v1/services/indexing/versions/1.0.0', { method: 'PUT', body });
    const { id } = await endedJob(errand, (await submitJob(errand, { service: 'indexing' })).id);
    const refused = await edit(id, { metadata: { run: {} } });
    expectProblem(refused, 'invalid-metadata');
    expect(refused.body.errors).toMatchObject([{ pointer: '/metadata/run' }]);
    expect((await get(id)).metadata).toEqual({});
  });

  test('is refused for every reason to refuse a submission, and for members that cannot be edited', async () => {
    const { id } = await draft(complete);
    expectProblem(await edit(id, { service: 'sizet' }), 'service-not-found');
    expectProblem(await edit(id, { service: 'sized' }), 'ambiguous-version');
    expectProblem(await edit(id, '{"parameters":{"size":1e999}}'), 'invalid-request');
    expectProblem(await edit(id, { parameters: { '\ud800': 1 } }), 'invalid-parameters');
    const [one, other] = [0, 60].map((from) =>
      Array.from({ length: 60 }, (_, index) => jobIdAt(from + index + 1)),
    );
    expectProblem(await edit(id, { inputs: { one, other } }), 'invalid-inputs');
    expectProblem(await edit(id, { metadata: { text: 'x'.repeat(5000) } }), 'invalid-request');
    for (const name of ['parentId', 'dependsOn', 'start', 'status', 'id', 'rerunOf']) {
      const refused = await edit(id, { [name]: 'x' });
      expectProblem(refused, 'invalid-request');
      expect(refused.body.errors).toMatchObject([{ pointer: `/${name}`, keyword: 'additionalProperties' }]);
    }
    expect((await get(id)).version).toBe(1);
  });

  test('keeps parameters complete that are merged beyond the size of the record', async () => {
    const { id } = await draft({ service: 'echo', parameters: { text: 'é'.repeat(2000) } });
    await edit(id, { parameters: { more: 'x'.repeat(50_000) } });
    const { body } = await start(id, { headers: paused });
    const result = await errand.call(body.links.result.slice(errand.url.length));
    expect(result.body).toEqual({ text: 'é'.repeat(2000), more: 'x'.repeat(50_000) });
  });
});

describe('a start', () => {
  test.each([{}, { body: '' }, { body: {} }])('is accepted without a wait, for the call %j', async (call) => {
    const { id } = await draft({ service: 'echo', parameters: { sleepSeconds: 0.3 } });
    const response = await start(id, call);
    expect(response).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(response.headers.get('location')).toBe(response.body.links.self);
    expect(response.headers.has('retry-after')).toBe(true);
  });

  test('returns the job when it is repeated, and runs it once', async () => {
    const { id } = await draft(complete);
    const responses = await Promise.all([1, 2, 3].map(async () => start(id, { headers: paused })));
    for (const response of responses)
      expect(response).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect((await start(id)).status).toBe(200);
    expect(await statesOf(errand, id)).toEqual(['ready', 'pending', 'executing', 'succeeded']);
  });

  test('of a draft is refused with the list of missing parts', async () => {
    const { id, missing } = await draft({ service: 'sized@1.0.0', parameters: { size: 'big' } });
    const refused = await start(id, { headers: paused });
    expectProblem(refused, 'job-not-ready');
    expect(refused.body.missing).toEqual(missing);
    expect(refused.body.missing).toMatchObject([{ pointer: '/parameters/size', keyword: 'type' }]);
  });

  test('checks the job again against a service that changed in the meantime', async () => {
    await register('moody', {});
    const { id } = await draft({ service: 'moody' });
    await register('moody', sized);
    const refused = await start(id);
    expectProblem(refused, 'job-not-ready');
    expect(refused.body.missing).toMatchObject([{ pointer: '/parameters/size' }]);
    expect((await get(id)).status).toBe('draft');
    await edit(id, { parameters: { size: 1 } });
    expect((await start(id, { headers: paused })).body.status).toBe('succeeded');
  });

  test('marks the version as used, and reports that it is deprecated', async () => {
    await register('fresh', {});
    const { id } = await draft({ service: 'fresh' });
    const version = '/v1/services/fresh/versions/1.0.0';
    expect((await errand.call(version)).body.used).toBe(false);
    await errand.call(`${version}/deprecate`, { body: { reason: 'old' } });
    const { headers } = await start(id);
    expect(headers.get('deprecation')).toMatch(/^@\d+$/);
    expect((await errand.call(version)).body.used).toBe(true);
  });

  test('is refused for a job that was submitted with a start, running or ended', async () => {
    const running = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 50 } });
    const ended = await endedJob(errand, (await submitJob(errand, { service: 'echo' })).id);
    for (const { id } of [running, ended]) {
      const refused = await start(id);
      expectProblem(refused, 'illegal-transition');
      expect(refused.body.actions).toEqual((await get(id)).actions);
    }
    await abort(running.id);
  });
});

describe('with validateOnly,', () => {
  const check = async (body: unknown, query = 'true') =>
    expectDocumented(
      await errand.call(`/v1/jobs?validateOnly=${query}`, { body, headers: paused }),
      'submitJob',
    );

  test('a submission that would be accepted is valid, and nothing is stored', async () => {
    await register('unused', sized);
    for (const body of [
      { ...complete, service: 'unused', name: 'checked' },
      { start: false, name: 'checked' },
    ]) {
      const response = await check(body);
      expect(response).toMatchObject({ status: 204, body: '' });
    }
    const { body } = await errand.call('/v1/jobs?limit=1000');
    expect(body.items.filter((job: JobBody) => job.name === 'checked')).toEqual([]);
    expect((await errand.call('/v1/services/unused/versions/1.0.0')).body.used).toBe(false);
  });

  test('a submission that would be refused gets exactly the same problem', async () => {
    expectProblem(await check({ service: 'sized@1.0.0' }), 'invalid-parameters');
    expectProblem(await check({ service: 'sizet' }), 'service-not-found');
    expectProblem(await check({ service: 'sized' }), 'ambiguous-version');
    expectProblem(await check({ surprise: 1 }), 'invalid-request');
  });

  test('only true and false are allowed; false submits', async () => {
    const refused = await check(complete, 'yes');
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ pointer: '/validateOnly' }]);
    expect((await check(complete, 'false')).body.status).toBe('succeeded');
  });
});

test('a draft can be deleted, and cannot be edited or started afterwards', async () => {
  for (const submission of [{}, complete]) {
    const { id } = await draft(submission);
    expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await edit(id, { name: 'late' }), 'job-deleted');
    expectProblem(await start(id), 'job-deleted');
  }
});

test('another tenant cannot read, edit or start a draft', async () => {
  const { id } = await draft(complete);
  const foreign = other.call;
  const theirs = await draft({ name: 'theirs' }, foreign);
  expectProblem(await edit(id, { name: 'mine now' }, foreign), 'not-found');
  expectProblem(await start(id, foreign), 'not-found');
  for (const other of [theirs.id, jobIdAt(0), 'nonsense']) {
    expectProblem(await edit(other, { name: 'mine now' }), 'not-found');
    expectProblem(await start(other), 'not-found');
  }
  expect((await get(id)).version).toBe(1);
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['editJob', 'startJob'])).toEqual([]);
});
