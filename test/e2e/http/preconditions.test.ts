import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../../core/contract/routes/route.ts';
import { routes } from '../../../core/contract/routes/routes.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';
import { putOperation } from '../../support/operations/put-operation.ts';
import { quietWebhook } from '../access/route-requests.ts';
import { testDelivery } from '../access/test-delivery.ts';
import { uploadedData } from '../data/uploaded-data.ts';

const all: readonly Route[] = routes;
/**
 * Worker routes are covered below: they need the token of a running attempt. The URLs in lists of parts, and of content, are new in
 * each response, so their tags never match again.
 */
const withoutLastingTag = ['listParts', 'getContent', 'getOutput'];
const reads = all.filter(
  ({ method, requiresWorkerToken: worker, operationId }) =>
    method === 'GET' && worker !== true && !withoutLastingTag.includes(operationId),
);
const writes = all.filter(({ conditional: guarded }) => guarded === true);
const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };

let errand: TestErrand;
let ended: string;
let data: string;
let operation: string;
let webhook: string;
beforeAll(async () => {
  errand = await startTestErrand();
  const body = { service: 'echo', group: 'echo', parameters: { a: 1 } };
  const job = await errand.call('/v1/jobs', { body, headers: { prefer: 'wait=20' } });
  expect(job.body.status).toBe('succeeded');
  ended = job.body.id;
  await until('the job is counted as ended in its group', async () => {
    const group = await errand.call('/v1/groups/echo');
    return group.body.byStatus?.succeeded === 1;
  });
  data = (await newData()).id;
  operation = await putOperation(errand);
  webhook = (await newWebhook()).id;
  await testDelivery((path, call) => errand.call(path, call), webhook);
});
afterAll(() => errand?.end());

const newData = () => uploadedData((path, call) => errand.call(path, call), Buffer.from('abc'));

const newWebhook = async () => (await errand.call('/v1/webhooks', { body: quietWebhook })).body;

const filled = (path: string, { id = '', name = 'guarded', version = '' }) =>
  path.replace('{id}', id).replace('{name}', name).replace('{version}', version).replace('{slot}', 'table');

describe.each(reads)('$operationId', (route) => {
  const read = async (headers: Record<string, string> = {}, method = 'GET') => {
    const [version] = (await errand.call('/v1/services/echo')).body.versions;
    const ids = { '/v1/data/': data, '/v1/operations/': operation, '/v1/webhooks/': webhook };
    const [, id = ended] = Object.entries(ids).find(([start]) => route.path.startsWith(start)) ?? [];
    return errand.call(filled(route.path, { id, name: 'echo', version: version.version }), {
      headers,
      method,
    });
  };
  const documented = async (headers: Record<string, string>) =>
    expectDocumented(await read(headers), route.operationId);

  test('responds with 304 without a body while its tag is current, and with the whole resource otherwise', async () => {
    const { status, headers } = await read();
    const tag = headers.get('etag') ?? '';
    expect([status, tag]).toEqual([200, expect.stringMatching(/^"[!-~]+"$/)]);
    for (const known of [tag, `W/${tag}`, `"other" ,\t${tag}`, '*']) {
      const response = await documented({ 'if-none-match': known });
      expect([response.status, response.headers.get('etag'), response.body]).toEqual([304, tag, '']);
    }
    expect((await documented({ 'if-none-match': '"other", W/"another"' })).status).toBe(200);
  });

  test('responds with 412 unless If-Match names its tag, and with 400 to an invalid list of tags', async () => {
    const tag = (await read()).headers.get('etag') ?? '';
    for (const expected of [tag, '*', `"other", ${tag}`])
      expect((await documented({ 'if-match': expected })).status).toBe(200);
    for (const expected of ['"other"', `W/${tag}`])
      expectProblem(await documented({ 'if-match': expected }), 'precondition-failed');
    expectProblem(await documented({ 'if-match': '"other"', 'if-none-match': tag }), 'precondition-failed');
    for (const name of ['if-match', 'if-none-match'])
      expectProblem(await documented({ [name]: 'other' }), 'invalid-request');
  });

  test('responds to HEAD with the status and headers of GET, and no body', async () => {
    const [whole, head] = [await read(), await read({}, 'HEAD')];
    const shown = ({ status, headers }: ApiResponse) => [
      status,
      ...['etag', 'content-type', 'cache-control', 'vary', 'link'].map((name) => headers.get(name)),
    ];
    expect(shown(head)).toEqual(shown(whole));
    expect([head.body, head.headers.get('content-length')]).toEqual(['', null]);
    const tag = whole.headers.get('etag') ?? '';
    expect((await read({ 'if-none-match': tag }, 'HEAD')).status).toBe(304);
  });
});

interface Target {
  /** Where the resource itself is read. */
  readonly self: string;
  readonly call: Call & { readonly path: string };
}

let made = 0;
/** A new resource that a route may change, and the call that changes it. */
async function target({ operationId, path, method }: Route): Promise<Target> {
  made += 1;
  const version = `7.0.${made}`;
  if (path.startsWith('/v1/services')) {
    const self = filled('/v1/services/{name}/versions/{version}', { version });
    await errand.call(self, { method: 'PUT', body: { parameters: {}, dispatcher } });
    const bodies: Record<string, unknown> = {
      registerService: { parameters: {}, dispatcher, title: 'changed' },
      deprecateService: { reason: 'old' },
    };
    return { self, call: { path: filled(path, { version }), method, body: bodies[operationId] } };
  }
  if (path.startsWith('/v1/data')) {
    const { id } = await newData();
    const body = operationId === 'editData' ? { name: 'changed' } : undefined;
    return { self: `/v1/data/${id}`, call: { path: filled(path, { id }), method, body } };
  }
  if (path.startsWith('/v1/operations')) {
    const id = await putOperation(errand, { id: jobIdAt(made) });
    return { self: `/v1/operations/${id}`, call: { path: filled(path, { id }), method } };
  }
  if (path.startsWith('/v1/webhooks')) return webhookTarget({ operationId, path, method });
  // A draft without a service has an input slot of any name.
  const body = path.includes('{slot}') ? { start: false } : { service: 'echo', start: false };
  const id = operationId === 'rerunJob' ? ended : (await errand.call('/v1/jobs', { body })).body.id;
  const bodies: Record<string, unknown> = { editJob: { name: 'changed' }, setInput: { data: [] } };
  return { self: `/v1/jobs/${id}`, call: { path: filled(path, { id }), method, body: bodies[operationId] } };
}

async function webhookTarget({
  operationId,
  path,
  method,
}: Pick<Route, 'operationId' | 'path' | 'method'>): Promise<Target> {
  const { id } = await newWebhook();
  const call = (to: string, options?: Call) => errand.call(to, options);
  const delivery = operationId === 'redeliver' ? await testDelivery(call, id) : '';
  const bodies: Record<string, unknown> = {
    editWebhook: { description: 'changed' },
    redeliverSince: { since: '2026-01-01' },
  };
  const target = filled(path, { id }).replace('{deliveryId}', delivery);
  return { self: `/v1/webhooks/${id}`, call: { path: target, method, body: bodies[operationId] } };
}

test.each(writes)('$operationId writes only what its preconditions allow', async (route) => {
  const { self, call } = await target(route);
  const send = async (headers: Record<string, string>) =>
    expectDocumented(await errand.call(call.path, { ...call, headers }), route.operationId);
  const tag = (await errand.call(self)).headers.get('etag') ?? '';
  for (const headers of [
    { 'if-match': '"other"' },
    { 'if-match': `W/${tag}` },
    { 'if-none-match': '*' },
    { 'if-none-match': `"other", W/${tag}` },
    { 'if-match': tag, 'if-none-match': tag },
  ])
    expectProblem(await send(headers), 'precondition-failed');
  for (const name of ['if-match', 'if-none-match'])
    expectProblem(await send({ [name]: 'other' }), 'invalid-request');
  expect((await errand.call(self)).headers.get('etag')).toBe(tag);
  expect((await send({ 'if-match': `"other", ${tag}`, 'if-none-match': '"other"' })).status).toBeLessThan(
    300,
  );
});

test('a version is registered once with If-None-Match, and with If-Match only where it exists', async () => {
  const path = '/v1/services/guarded/versions/8.0.0';
  const register = (headers: Record<string, string>, title: string) =>
    errand.call(path, { method: 'PUT', body: { parameters: {}, dispatcher, title }, headers });
  expectProblem(await register({ 'if-match': '*' }, 'one'), 'precondition-failed');
  const created = await register({ 'if-none-match': '*' }, 'one');
  expect(created.status).toBe(201);
  expectProblem(await register({ 'if-none-match': '*' }, 'one'), 'precondition-failed');
  const tag = created.headers.get('etag') ?? '';
  const changed = await register({ 'if-match': tag }, 'two');
  expect([changed.status, changed.headers.get('etag')]).toEqual([200, expect.not.stringMatching(tag)]);
  expectProblem(await register({ 'if-match': tag }, 'three'), 'precondition-failed');
  expect((await errand.call(path)).body.title).toBe('two');
});

test('a precondition does not hide that a resource does not exist', async () => {
  const headers = { 'if-match': '"1"' };
  for (const method of ['GET', 'DELETE']) {
    const nowhere = '/v1/jobs/0199c0de-0000-7000-8000-000000000000';
    expectProblem(await errand.call(nowhere, { method, headers }), 'not-found');
    const version = '/v1/services/echo/versions/9.9.9';
    expectProblem(await errand.call(version, { method, headers }), 'service-not-found');
  }
});

test('a read that waits responds with 412 immediately when If-Match is not met', async () => {
  const { body: draft } = await errand.call('/v1/jobs', { body: { service: 'echo', start: false } });
  const headers = { 'if-match': '"other"', prefer: 'wait=25' };
  const startedAt = performance.now();
  expectProblem(await errand.call(`/v1/jobs/${draft.id}`, { headers }), 'precondition-failed');
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
