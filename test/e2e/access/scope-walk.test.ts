import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveScopes } from '../../../core/access/effective-scopes.ts';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { type Route, requiresKey, type Scope, scopes } from '../../../core/contract/routes/route.ts';
import { type OperationId, routes } from '../../../core/contract/routes/routes.ts';
import { deliveryIdOf } from '../../../core/webhooks/model/delivery.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey } from '../../support/local-service/add-key.ts';
import { comparableResponse } from '../../support/local-service/comparable-response.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import { putOperation } from '../../support/operations/put-operation.ts';
import { uploadedData } from '../data/uploaded-data.ts';
import { jobMark, jobName, jobService, jobsInEveryState } from './jobs-in-every-state.ts';
import { type Own, quietWebhook, type Resources, requestsOf, type WalkRequest } from './route-requests.ts';
import { testDelivery } from './test-delivery.ts';

const dataMark = 'held-in-a-data-object-7cc3';
const serviceMark = 'held-in-a-service-55aa';
const webhookMark = 'held-in-a-webhook-11d0';
const running = { job: jobIdAt(1), token: 'none' };
const cursor = 'bm8tY3Vyc29yLW9mLWFueS1saXN0';
const cursors = {
  jobs: cursor,
  services: cursor,
  versions: cursor,
  events: cursor,
  log: cursor,
  children: cursor,
  logs: cursor,
  data: cursor,
  groups: cursor,
  operations: cursor,
  refusals: cursor,
  deliveries: cursor,
};
const nothing = {
  job: jobIdAt(1),
  service: jobService,
  version: '7.7.7',
  tag: 'a-tag',
  group: 'a-group',
  name: 'a-name',
  token: 'none',
  idempotencyKey: 'a-key-that-was-taken',
  data: jobIdAt(1),
  uploading: jobIdAt(1),
  operation: jobIdAt(1),
  webhook: jobIdAt(1),
  delivery: deliveryIdOf({ at: 1, jobId: jobIdAt(1), sequence: 1 }),
  cursors,
};

/** These operations change nothing that the other operations need. */
const destructive: readonly string[] = [
  'abortJob',
  'deleteData',
  'deleteJob',
  'deleteService',
  'deleteWebhook',
  'registerService',
];
const keyed: readonly Route[] = routes
  .filter(requiresKey)
  .toSorted((one, other) => destructive.indexOf(one.operationId) - destructive.indexOf(other.operationId));
const idOf = ({ operationId }: Route) => operationId as OperationId; // the names that the table uses

/** The data that each scope may read. */
const readable: Readonly<Record<Scope, readonly string[]>> = {
  admin: [],
  'data:read': [dataMark],
  'data:write': [],
  'events:read': [jobMark, jobName],
  'jobs:read': [jobMark, jobName],
  'services:read': [serviceMark],
  'jobs:write': [],
  'services:write': [],
  'webhooks:read': [webhookMark],
  'webhooks:write': [],
};

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  for (const scope of scopes)
    await addKey(errand.cloud, {
      ...holderOf(scope),
      principal: 'a-caller',
      key: keyOf(scope),
      scopes: [scope],
    });
}, 60_000);
afterAll(() => errand?.end());

const keyOf = (scope: Scope) => `key-with-${scope}-alone`;
/** Each operation has a tenant of its own, so that no operation sees another one's changes. */
const tenantOf = (scope: Scope) => `only-${scope.replace(':', '-')}`;
const holderOf = (scope: Scope) => ({ tenant: tenantOf(scope), principal: jobMark });
const fullKeyOf = (scope: Scope) => `key-with-all-scopes-beside-${scope}`;

function asHolder(key: string) {
  return (path: string, call: object = {}): Promise<ApiResponse> => {
    const { headers = {}, ...rest } = call as WalkRequest;
    return errand.call(path, { ...rest, withKey: false, headers: { 'x-api-key': key, ...headers } });
  };
}

/** Every kind of resource that a tenant may have, each with marked values. */
async function worldOf(scope: Scope): Promise<{ readonly jobs: readonly Resources[]; readonly own: Own }> {
  await addKey(errand.cloud, { ...holderOf(scope), key: fullKeyOf(scope), scopes });
  const call = asHolder(fullKeyOf(scope));
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
  const parameters = { type: 'object', properties: { text: { title: serviceMark } } };
  for (const [name, version] of [
    [jobService, '7.7.7'],
    [jobService, '7.7.8'],
    ['mine', '7.7.9'],
  ] as const) {
    const body = {
      title: serviceMark,
      description: serviceMark,
      tags: [serviceMark],
      parameters,
      inputs: { table: { required: false, collection: true } },
      outputs: { plot: { required: false } },
      dispatcher,
    };
    expect((await call(`/v1/services/${name}/versions/${version}`, { method: 'PUT', body })).status).toBe(
      201,
    );
  }
  const jobs = jobsInEveryState(tenantOf(scope), Date.now());
  for (const job of jobs) await putJob({ ...errand, tenant: tenantOf(scope) }, job);
  const { group } = nothing;
  const content = { service: 'mine', name: jobName, tags: [jobMark], group, parameters: { text: jobMark } };
  const { id } = await submitJob({ call }, content);
  await endedJob({ call }, id);
  await until(
    'the job is counted in its group',
    async () => (await call(`/v1/groups/${group}`)).status === 200,
  );
  const { body: draft } = await call('/v1/jobs', {
    body: { service: 'mine', start: false },
    headers: { 'idempotency-key': nothing.idempotencyKey },
  });
  // A data object shows its uploader, who is no principal of a job.
  const uploader = {
    tenant: tenantOf(scope),
    principal: 'an-uploader',
    key: `key-of-an-uploader-beside-${scope}`,
  };
  await addKey(errand.cloud, { ...uploader, scopes });
  const upload = asHolder(uploader.key);
  const description = { name: dataMark, tags: [dataMark] };
  const large = { ...description, sizeBytes: 100_000_001 };
  const uploading = (await upload('/v1/data', { body: large })).body.id;
  const data = await uploadedData(upload, Buffer.from('abc'), description);
  const operation = await putOperation(
    { ...errand, tenant: tenantOf(scope) },
    {
      owner: jobMark,
      work: { action: 'tag', addTags: [jobMark], removeTags: [] },
      abort: { requestedAt: 1, by: jobMark, reason: jobMark },
    },
  );
  const described = { ...quietWebhook, description: webhookMark, tags: [webhookMark] };
  const webhook = (await call('/v1/webhooks', { body: described })).body.id;
  const delivery = await testDelivery(call, webhook);
  const target = { ...nothing, data: data.id, uploading, webhook, delivery, operation };
  return {
    jobs: jobs.map(({ id: job }) => ({ ...target, job })),
    own: { service: 'mine', version: '7.7.9', endedJob: id, draft: draft.id, webhook, running },
  };
}

describe.each(scopes)('with only the scope %s,', (scope) => {
  let world: Awaited<ReturnType<typeof worldOf>>;
  beforeAll(async () => {
    world = await worldOf(scope);
  }, 60_000);

  const call = asHolder(keyOf(scope));

  const serves = (route: Route) =>
    route.scope === undefined || effectiveScopes([scope]).includes(route.scope);

  test.each(keyed.filter((route) => !serves(route)))('$operationId refuses the key', async (route) => {
    const [resources] = world.jobs;
    if (resources === undefined) throw new Error('there is no job');
    for (const { path, ...request } of requestsOf[idOf(route)](resources, world.own)) {
      // The third request of the registration is a deletion, which needs the same scope.
      const response = await call(path, request);
      expectProblem(response, 'forbidden');
      expectNothingOf(response, scope);
    }
  });

  test.each(keyed.filter(serves))(
    '$operationId serves the key, and returns what the key may read',
    async (route) => {
      const id = idOf(route);
      const each = route.path.includes('{id}') ? world.jobs : world.jobs.slice(0, 1);
      const statuses: number[] = [];
      for (const resources of each)
        for (const { path, ...request } of requestsOf[id](resources, world.own).filter(isBuffered)) {
          const response = await call(path, request);
          statuses.push(response.status);
          // An array job over a data object needs the scope to read it.
          if (/dryRun|"dataId"/.test(path + JSON.stringify(request)) || route.furtherScope !== undefined)
            expectProblem(response, 'forbidden');
          else expect(response.status, path).not.toBe(403);
          if ((request.method ?? 'GET') === route.method) expectDocumented(response, id);
          expectNothingOf(response, scope);
        }
      // All requests of actOnJobs are dry runs.
      const isServed = route.furtherScope === undefined && id !== 'actOnJobs';
      expect(Math.min(...statuses) < 300, 'some request is carried out').toBe(isServed);
    },
  );
});

/** A stream continues until its job ends; other tests check what streams contain. */
const isBuffered = ({ headers }: WalkRequest) => headers?.['accept'] !== 'text/event-stream';

test.each(keyed)('$operationId responds to a malformed key as it responds to no key', async (route) => {
  const [request] = requestsOf[idOf(route)](nothing, {
    ...nothing,
    endedJob: jobIdAt(1),
    draft: jobIdAt(1),
    running,
  });
  if (request === undefined) throw new Error('nothing is requested');
  const { path, ...call } = request;
  const send = (headers: Record<string, string>) =>
    errand.call(path, { ...call, withKey: false, headers: { ...call.headers, ...headers } });
  const none = comparableResponse(await send({}));
  expect(none).toContain(problemUri('unauthenticated'));
  for (const key of [
    'short',
    `${'k'.repeat(20)} two words`,
    'k'.repeat(257),
    errand.apiKey.slice(1),
    'ew_b3RoZXI.secret',
  ])
    for (const headers of [{ 'x-api-key': key }, { 'api-key': key }, { authorization: `Bearer ${key}` }])
      expect(comparableResponse(await send(headers as Record<string, string>)), key).toBe(none);
});

/** No response and no header contains data that a key may not read. */
function expectNothingOf(response: ApiResponse, scope: Scope): void {
  const text = JSON.stringify([[...response.headers], response.body]);
  // Events describe jobs, too.
  for (const mark of Object.values(readable).flat())
    if (!readable[scope].includes(mark)) expect(text).not.toContain(mark);
}

describe('the response to a key that writes and does not read', () => {
  beforeAll(async () => {
    const holder = { tenant: 'writers', principal: 'writer' };
    const write = ['jobs:write', 'services:write'] as const;
    await addKey(errand.cloud, { ...holder, key: 'key-that-only-writes', scopes: write });
    await addKey(errand.cloud, { ...holder, key: 'key-that-also-reads', scopes });
  });

  test('is a receipt of a job, with its tag for the next edit', async () => {
    const call = asHolder('key-that-only-writes');
    const path = '/v1/services/quick/versions/1.0.0';
    const body = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
    const registered = await call(path, { method: 'PUT', body });
    const service = ['createdAt', 'links', 'status', 'updatedAt', 'urn'];
    expect(Object.keys(registered.body).toSorted()).toEqual([...service, 'warnings']);
    expect(registered.headers.get('location')).toBe(`${errand.url}${path}`);
    const deprecated = await call(`${path}/deprecate`, { body: { reason: 'old' } });
    expect(deprecated.body).toMatchObject({ status: 'deprecated', links: { self: `${errand.url}${path}` } });
    expect(Object.keys(deprecated.body).toSorted()).toEqual(service);
    const submission = { service: 'quick@1.0.0', parameters: { a: 1 } };
    const paused = await call('/v1/jobs', { body: submission, headers: { prefer: 'wait=20' } });
    const times = ['finishedAt', 'requestedAt', 'scheduledAt', 'startedAt', 'updatedAt'];
    expect(paused.status).toBe(200);
    expect(Object.keys(paused.body).toSorted()).toEqual(
      ['id', 'links', 'status', 'urn', ...times].toSorted(),
    );
    expect(paused.body.links).toEqual({ self: paused.headers.get('location') });
    const batch = await call('/v1/jobs/batch', { body: { jobs: [submission] } });
    expect(batch.body.items[0].job).not.toHaveProperty('service');
    const edited = await call(`/v1/jobs/${paused.body.id}`, { method: 'PATCH', body: {} });
    expect(edited.body).toEqual(paused.body);
    expect(edited.headers.get('etag')).toBe(paused.headers.get('etag'));
    const whole = await asHolder('key-that-also-reads')(`/v1/jobs/${paused.body.id}`, {
      method: 'PATCH',
      body: {},
    });
    expect(whole.body).toMatchObject({ parameters: { a: 1 }, result: { a: 1 } });
  });

  test('contains no similar names and no versions', async () => {
    const call = asHolder('key-that-only-writes');
    const body = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
    for (const version of ['1.0.0', '1.1.0'])
      await call(`/v1/services/several/versions/${version}`, { method: 'PUT', body });
    const detail = 'The details are visible only with an API key that has the scope services:read';
    for (const service of ['severa', 'several@2.0.0', 'several'])
      expect((await call('/v1/jobs', { body: { service } })).body).toEqual({
        type: problemUri(service === 'several' ? 'ambiguous-version' : 'service-not-found'),
        title: expect.any(String),
        status: service === 'several' ? 409 : 404,
        detail,
        instance: '/v1/jobs',
        requestId: expect.any(String),
      });
    const batch = await call('/v1/jobs/batch', { body: { jobs: [{ service: 'severa' }] } });
    expect(batch.body.items[0].problem).toMatchObject({ detail });
    const reader = await asHolder('key-that-also-reads')('/v1/jobs', { body: { service: 'severa' } });
    expect(reader.body.suggestions).toEqual(['several']);
  });
});
