import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobItemKey } from '../../../aws/dynamodb/table/table-keys.ts';
import { effectiveScopes } from '../../../core/access/effective-scopes.ts';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { type Route, requiresKey, scopes } from '../../../core/contract/routes/route.ts';
import { routes } from '../../../core/contract/routes/routes.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../support/jobs/jobs.ts';
import { addKey, operatorClient } from '../../support/local-service/add-key.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import { putOperation } from '../../support/operations/put-operation.ts';
import { quietWebhook } from '../access/route-requests.ts';
import { testDelivery } from '../access/test-delivery.ts';
import { uploadedData } from '../data/uploaded-data.ts';

const jobId = jobIdAt(someTime);
const all: readonly Route[] = routes;
const guarded = all.filter(requiresKey);
const scoped = routes.filter((route) => 'scope' in route);
/** The worker routes have tests of their own, with attempts that run. */
const withBody = routes.filter((route) => 'body' in route && !('requiresWorkerToken' in route));
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const maxBodyBytes = 1_048_576;

/** So that a start is repeated and accepted. */
const startedDraft = (['ready', 'pending'] as const).map((status) => ({ status, at: someTime, attempt: 0 }));

/** A body that each route with a body accepts. */
const goodBodies: Readonly<Record<string, unknown>> = {
  registerService: {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
  },
  deprecateService: { reason: 'because' },
  submitJob: { service: 'echo' },
  submitJobs: { jobs: [{ service: 'echo' }] },
  abortJob: { reason: 'because' },
  rerunJob: { service: 'echo', parameters: {} },
  editJob: { name: 'other' },
  startJob: {},
  submitChild: { service: 'echo' },
  createData: { name: 'a-file', sizeBytes: 3 },
  editData: { name: 'other' },
  completeUpload: {},
  setInput: { data: [] },
  actOnJobs: { action: 'tag', ids: [jobId], changes: { addTags: ['other'] } },
  abortOperation: { reason: 'because' },
  createWebhook: { url: 'https://receiver.example/' },
  editWebhook: { description: 'other' },
  rotateSecret: {},
  testWebhook: {},
  redeliver: {},
  redeliverSince: { since: '2026-01-01' },
  redriveEvents: { dryRun: true },
};

let errand: TestErrand;
/** A data object with content. */
let dataId: string;
/** A webhook that matches no event, and one of its deliveries. */
let webhookId: string;
let deliveryId: string;
/** A draft without a service, whose inputs may have any name. */
let draftId: string;
beforeAll(async () => {
  errand = await startTestErrand();
  const failure = { code: 'aborted', detail: 'gone', retryable: false, attempt: 0 } as const;
  await putJob(errand, endedJob('aborted', { id: jobId, failure, transitions: startedDraft }));
  const call: TestErrand['call'] = (path, options) => errand.call(path, options);
  await putOperation(errand, { id: jobId });
  dataId = (await uploadedData(call, Buffer.from('abc'))).id;
  webhookId = (await call('/v1/webhooks', { body: quietWebhook })).body.id;
  deliveryId = await testDelivery(call, webhookId);
  draftId = (await call('/v1/jobs', { body: { start: false } })).body.id;
});
afterAll(() => errand?.end());

describe('without a valid key,', () => {
  test.each(guarded)('$operationId responds with 401 and describes how to authenticate', async (route) => {
    const wrong = { withKey: false, headers: { 'x-api-key': 'ek_wrong_but_well_formed' } };
    for (const call of [{ withKey: false }, wrong]) {
      const response = expectDocumented(await request(route, call), route.operationId);
      expect(response.body.type).toBe(problemUri('unauthenticated'));
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="errand"');
    }
  });

  test.each(scoped)('$operationId responds with 403 to a key without its scope', async (route) => {
    const key = `key-without-${route.scope}`;
    const others = scopes.filter((scope) => !effectiveScopes([scope]).includes(route.scope));
    await addKey(errand.cloud, { key, tenant: errand.tenant, principal: 'partly', scopes: others });
    const call = { withKey: false, headers: { 'x-api-key': key } };
    const response = expectDocumented(await request(route, call), route.operationId);
    expect(response.body).toMatchObject({
      type: problemUri('forbidden'),
      detail: expect.stringContaining(route.scope),
    });
  });
});

/** Worker routes refuse a request without a token before they read anything else, so they have tests of their own. */
const open = all.filter(({ requiresWorkerToken: worker }) => worker !== true);

test.each(open)('$operationId refuses an unknown query parameter', async (route) => {
  const response = expectDocumented(await request(route, {}, '?surprise=1'), route.operationId);
  expect(response.body).toMatchObject({
    type: problemUri('invalid-request'),
    errors: [{ pointer: '/surprise', keyword: 'additionalProperties' }],
  });
});

test.each(open.filter(({ query }) => 'limit' in query._zod.def.shape))(
  '$operationId refuses a repeated parameter, and a limit below 1',
  async (route) => {
    const repeated = expectDocumented(await request(route, {}, '?limit=1&limit=2'), route.operationId);
    expect(repeated.body).toMatchObject({
      type: problemUri('invalid-request'),
      errors: [{ pointer: '/limit', detail: 'must be sent once, not 2 times' }],
    });
    for (const query of ['?limit=0', '?limit=-1', '?limit=many', '?limit=']) {
      const response = expectDocumented(await request(route, {}, query), route.operationId);
      expect(response.body).toMatchObject({
        type: problemUri('invalid-request'),
        errors: [{ pointer: '/limit' }],
      });
    }
  },
);

describe('with an invalid body,', () => {
  test.each(withBody)('$operationId refuses invalid JSON', async (route) => {
    const bodies = ['{', '{"a":1,}', 'plain'];
    for (const body of 'bodyOptional' in route ? bodies : ['', ...bodies]) {
      const response = expectDocumented(await request(route, { body }), route.operationId);
      expect(response.body.type).toBe(problemUri('invalid-json'));
    }
  });

  test.each(withBody)('$operationId refuses JSON that is nested 65 deep', async (route) => {
    const body = `{"a":${'['.repeat(64)}${']'.repeat(64)}}`;
    const response = expectDocumented(await request(route, { body }), route.operationId);
    expect(response.body.type).toBe(problemUri('invalid-json'));
  });

  test.each(withBody)('$operationId refuses another media type and accepts a JSON type', async (route) => {
    for (const mediaType of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const call = { body: goodBodies[route.operationId], headers: { 'content-type': mediaType } };
      const response = expectDocumented(await request(route, call), route.operationId);
      expect(response.status).toBe(415);
    }
    const headers = { 'content-type': 'application/vnd.errand+json; charset=utf-8' };
    const response = await request(route, { body: goodBodies[route.operationId], headers });
    expect(expectDocumented(response, route.operationId).status).toBeLessThan(300);
  });

  test.each(withBody)('$operationId refuses 1 MB and one byte', async (route) => {
    const body = `"${'é'.repeat((maxBodyBytes - 2) / 2)}x"`;
    expect(Buffer.byteLength(body)).toBe(maxBodyBytes + 1);
    expect(expectDocumented(await request(route, { body }), route.operationId).status).toBe(413);
  });

  test.each(withBody)(
    '$operationId refuses an unknown member, and a value that is not an object',
    async (route) => {
      const body = { ...Object(goodBodies[route.operationId]), surprise: 1 };
      const unknown = expectDocumented(await request(route, { body }), route.operationId);
      expect(unknown.body).toMatchObject({
        type: problemUri('invalid-request'),
        errors: [{ pointer: '/surprise' }],
      });
      const list = expectDocumented(await request(route, { body: [] }), route.operationId);
      expect(list.body).toMatchObject({ errors: [{ pointer: '', keyword: 'type' }] });
    },
  );

  test('the gateway refuses more than 10 MB in the same form', async () => {
    const response = await errand.call('/v1/jobs', { body: `"${'x'.repeat(10 * 1024 * 1024)}"` });
    expect(expectDocumented(response, 'submitJob').body.type).toBe(problemUri('body-too-large'));
  });
});

describe('without a route for the request,', () => {
  const paths = [...new Set(all.map(({ path }) => path))];

  test.each(paths)('%s responds with 405 and Allow to every other method', async (path) => {
    const own = all.filter((route) => route.path === path).map(({ method }) => String(method));
    const allowed = own.includes('GET') ? [...own, 'HEAD'] : own;
    for (const method of methods.filter((candidate) => !allowed.includes(candidate))) {
      const response = await errand.call(pathOf(path), { method });
      expectProblem(response, 'method-not-allowed');
      expect(response.headers.get('allow')?.split(', ').sort(), method).toEqual([...allowed].sort());
    }
  });

  test.each([
    '/',
    '/v1',
    '/v2/jobs',
    '/v1/nothing',
    '/v1/jobs/a/b/c',
    `/v1/jobs/${jobId}/nothing`,
    '/v1/jobs/batch/nothing',
    '/v1/services/echo/versions',
    '/v1/services/echo/versions/1.0.0/nothing',
    '/v1/health/nothing',
    '/v1/%E0%A4%A',
  ])('%s, which matches no route, responds with 404', async (path) => {
    for (const method of ['GET', 'POST']) expectProblem(await errand.call(path, { method }), 'not-found');
  });
});

describe('when AWS fails,', () => {
  /** Without a scope, a route returns what the authorizer caches. */
  /** The publisher reads its bucket first, which is empty. */
  const readsTable = ({ operationId }: Route) => operationId !== 'redriveEvents';

  test('every route with a scope that reads the table responds with 503 while the table throttles', async () => {
    await errand.call('/v1/jobs'); // The authorizer caches the key from here on.
    const heal = errand.cloud.faults.add({ service: 'dynamodb', kind: 'throttle' });
    try {
      const responses = await Promise.all(
        scoped.filter(readsTable).map(async (route: Route) => {
          const body = goodBodies[route.operationId];
          return expectDocumented(
            await request(route, body === undefined ? {} : { body }),
            route.operationId,
          );
        }),
      );
      for (const response of responses) expect(response.body.type).toBe(problemUri('unavailable'));
    } finally {
      heal();
    }
  });

  test('a job with a large result responds with 503 while the bucket throttles', async () => {
    const body = { service: 'echo', parameters: { text: 'x'.repeat(10_000) } };
    const { body: job } = await errand.call('/v1/jobs', { body, headers: { prefer: 'wait=20' } });
    const heal = errand.cloud.faults.add({ service: 's3', kind: 'throttle' });
    try {
      const response = expectDocumented(await errand.call(`/v1/jobs/${job.id}/result`), 'getResult');
      expect(response.body.type).toBe(problemUri('unavailable'));
    } finally {
      heal();
    }
  });

  test('an unreadable record causes a 500 that shows nothing of it', async () => {
    const broken = jobIdAt(someTime, 7n);
    const client = operatorClient(errand.cloud);
    const Item = { ...jobItemKey({ tenant: errand.tenant, jobId: broken }), z: { N: '999' } };
    await client.send(new PutItemCommand({ TableName: errand.cloud.output('Errand', 'TableName'), Item }));
    client.destroy();
    const response = expectDocumented(await errand.call(`/v1/jobs/${broken}`), 'getJob');
    expect(response.body).toEqual({
      type: problemUri('internal'),
      title: 'Internal error',
      status: 500,
      detail: 'The error was logged: report the request ID to the operator',
      instance: `/v1/jobs/${broken}`,
      requestId: response.headers.get('x-request-id'),
    });
  });
});

function request(route: Route, call: Call = {}, query = '') {
  const body = call.body === undefined && route.body !== undefined ? {} : call.body;
  return errand.call(`${pathOf(route.path)}${query}`, {
    method: route.method,
    ...call,
    ...omitUndefined({ body }),
  });
}

function pathOf(pattern: string): string {
  return pattern
    .replace('{name}', 'ready-made')
    .replace('{version}', '1.0.0')
    .replace('{slot}', 'table')
    .replace('{dataId}', dataId)
    .replace('{deliveryId}', deliveryId)
    .replace('{id}', idFor(pattern));
}

function idFor(pattern: string): string {
  if (pattern.startsWith('/v1/data/')) return dataId;
  if (pattern.startsWith('/v1/webhooks/')) return webhookId;
  return pattern.includes('/inputs/') ? draftId : jobId;
}
