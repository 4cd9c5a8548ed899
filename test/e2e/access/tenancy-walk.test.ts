import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataReferencePattern } from '../../../core/contract/names.ts';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { type OperationId, routes } from '../../../core/contract/routes/routes.ts';
import { encodeCursor } from '../../../core/paging/cursor.ts';
import { deliveryIdOf } from '../../../core/webhooks/model/delivery.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { documentedOperations, hasNode } from '../../support/documented-operations.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant, operatorClient } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { comparableResponse } from '../../support/local-service/comparable-response.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import { endedOperation } from '../../support/operations/ended-operation.ts';
import { uploadedData } from '../data/uploaded-data.ts';
import { jobGroup, jobMark, jobName, jobService, jobsInEveryState } from './jobs-in-every-state.ts';
import { type Own, quietWebhook, type Resources, requestsOf, type WalkRequest } from './route-requests.ts';
import { testDelivery } from './test-delivery.ts';

const other = newTenant();
const never = jobIdAt(1_700_000_000_000, 77n);

let paused: PausedService;
let errand: TestErrand;
/** The first tenant's resources, once for each of its jobs. */
let foreign: readonly Resources[];
let own: Own;
let finish: () => void;

beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  await addKey(errand.cloud, other.holder);
  foreign = await madeByFirstTenant();
  own = await madeBySecondTenant();
}, 60_000);
afterAll(async () => {
  finish?.();
  await errand?.end();
  await paused?.stop();
});

type Caller = (path: string, call?: Call) => Promise<ApiResponse>;

const asFirst: Caller = (path, call) => errand.call(path, call);
const asSecond: Caller = (path, { withKey = true, ...call } = {}) =>
  errand.call(path, {
    ...call,
    withKey: false,
    headers: { ...(withKey ? { 'x-api-key': other.holder.key } : {}), ...call.headers },
  });

async function register(
  call: Caller,
  {
    service,
    version,
    functionName,
  }: { readonly service: string; readonly version: string; readonly functionName: string },
) {
  const dispatcher = { kind: 'lambda', functionName };
  const path = `/v1/services/${service}/versions/${version}`;
  const slots = {
    inputs: { table: { required: false, collection: true } },
    outputs: { plot: { required: false } },
  };
  // The walk takes minutes on a machine that does other work, and the paused attempts must not end before.
  const limits = { attemptTimeoutSeconds: 900, timeoutSeconds: 3600 };
  const labels = { title: `of ${service}`, tags: [`of-${service}`] };
  const body = { ...labels, parameters: {}, ...slots, dispatcher, ...limits };
  expect((await call(path, { method: 'PUT', body })).status).toBe(201);
}

/** A job whose function waits, with its token; both are finished at the end. */
async function runningJob(call: Caller, service: string) {
  const { id } = await submitJob({ call }, { service });
  const invocation = await paused.invocation(id);
  const before = finish;
  finish = () => {
    before?.();
    invocation.finish(null);
  };
  return { job: id, token: invocation.worker.token };
}

/** Two of everything that is listed, jobs in every state, a deleted job, and a running job with sub-jobs. */
async function madeByFirstTenant(): Promise<readonly Resources[]> {
  for (const version of ['7.7.7', '7.7.8'])
    await register(asFirst, { service: jobService, version, functionName: pausedFunctionName });
  const jobs = jobsInEveryState('local', Date.now());
  for (const job of jobs) await putJob(errand, job);
  await until('all jobs are counted in their groups', async () => {
    const { items } = (await asFirst('/v1/groups')).body;
    return items.length === 2 && items[0].total + items[1].total === jobs.length;
  });
  const running = await runningJob(asFirst, `${jobService}@7.7.7`);
  const child = { service: `${jobService}@7.7.7`, start: false, parentId: running.job };
  for (let made = 0; made < 2; made += 1)
    expect((await asFirst('/v1/jobs', { body: child })).status).toBe(201);
  const { body: controller } = await asFirst('/v1/jobs', {
    body: { service: 'echo' },
    headers: { prefer: 'wait=20' },
  });
  expect((await asFirst(`/v1/jobs/${controller.id}`, { method: 'DELETE' })).status).toBe(204);
  const data = await uploadedData(asFirst, Buffer.from('abc'), { name: jobName, tags: [jobMark] });
  const uploading = (await asFirst('/v1/data', { body: { name: jobName, sizeBytes: 100_000_001 } })).body.id;
  const webhook = (await asFirst('/v1/webhooks', { body: { ...quietWebhook, tags: [jobMark] } })).body.id;
  await testDelivery(asFirst, webhook);
  const delivery = await testDelivery(asFirst, webhook);
  const ids = [jobIdAt(1), jobIdAt(2)];
  const tag = { action: 'tag', ids, changes: { addTags: [jobMark] } };
  await endedOperation(asFirst, tag);
  const operation = (await endedOperation(asFirst, tag)).id;
  const cursors = await cursorsOf({ jobId: running.job, operation, webhook });
  const jobIds = [...jobs.map(({ id }) => id), running.job, controller.id];
  const keys = jobIds.map((_, index) => `key-${index}-of-the-first`);
  await takeKeys(keys);
  return jobIds.map((job, index) => ({
    job,
    service: jobService,
    version: '7.7.7',
    tag: jobMark,
    group: jobGroup,
    name: jobName,
    idempotencyKey: keys[index] ?? '',
    data: data.id,
    uploading,
    webhook,
    delivery,
    token: running.token,
    operation,
    cursors,
  }));
}

/** The first tenant has each of these keys for every request that the walk sends with it. */
async function takeKeys(keys: readonly string[]): Promise<void> {
  for (const key of keys.flatMap((taken) => ['', '-batch', '-rerun'].map((end) => `${taken}${end}`))) {
    const call = { body: { service: 'echo', start: false }, headers: { 'idempotency-key': key } };
    expect((await asFirst('/v1/jobs', call)).status).toBe(201);
  }
}

async function cursorsOf(of: {
  readonly jobId: string;
  readonly operation: string;
  readonly webhook: string;
}): Promise<Resources['cursors']> {
  const { jobId, operation, webhook } = of;
  const next = async (path: string): Promise<string> => {
    const { nextCursor } = (await asFirst(path)).body;
    expect(nextCursor, path).toEqual(expect.any(String));
    return nextCursor;
  };
  return {
    jobs: await next('/v1/jobs?limit=1'),
    groups: await next('/v1/groups?limit=1'),
    services: await next('/v1/services?limit=1'),
    versions: await next(`/v1/services/${jobService}?limit=1`),
    events: await next(`/v1/jobs/${jobId}/events?limit=1`),
    log: (await asFirst('/v1/events?after=now')).body.position,
    children: await next(`/v1/jobs/${jobId}/children?limit=1`),
    data: await next('/v1/data?limit=1'),
    operations: await next('/v1/operations?limit=1'),
    refusals: await next(`/v1/operations/${operation}/refusals?limit=1`),
    deliveries: await next(`/v1/webhooks/${webhook}/deliveries?limit=1`),
    // Only an attempt on AWS Batch has a log.
    logs: encodeCursor({ list: 'logs', tenant: 'local', jobId, attempt: 1 }, `1 ${Date.now()} f/1`),
  };
}

async function madeBySecondTenant(): Promise<Own> {
  const [service, version] = ['mine', '7.7.9'];
  await register(asSecond, { service, version, functionName: 'errand-service-echo' });
  await register(asSecond, { service: 'mine-paused', version, functionName: pausedFunctionName });
  const running = await runningJob(asSecond, 'mine-paused');
  const { id } = await submitJob({ call: asSecond }, { service });
  await endedJob({ call: asSecond }, id);
  const { body: draft } = await asSecond('/v1/jobs', { body: { service, start: false } });
  const webhook = (await asSecond('/v1/webhooks', { body: quietWebhook })).body.id;
  return { service, version, endedJob: id, draft: draft.id, webhook, running };
}

/** Resources of the same form that never existed. */
function absentFor({ cursors, token }: Resources): Resources {
  const unbound = (cursor: string) => {
    const text = Buffer.from(cursor, 'base64url').toString();
    return Buffer.from(`${'x'.repeat(16)}${text.slice(16)}`).toString('base64url');
  };
  return {
    job: never,
    service: 'never-was-there-now',
    version: '8.8.8',
    tag: 'never-was-a-tag',
    group: 'never-was-a-group',
    name: 'never-was-a-name',
    idempotencyKey: 'key-of-nobody',
    data: jobIdAt(1_700_000_000_000, 78n),
    uploading: jobIdAt(1_700_000_000_000, 79n),
    webhook: jobIdAt(1_700_000_000_000, 80n),
    delivery: deliveryIdOf({
      at: 1_700_000_000_000,
      jobId: jobIdAt(1_700_000_000_000, 81n),
      sequence: 0,
    }),
    token: `${token.slice(0, -43)}${'q'.repeat(43)}`,
    operation: jobIdAt(1_700_000_000_000, 80n),
    cursors: Object.fromEntries(
      Object.entries(cursors).map(([list, cursor]) => [list, unbound(cursor)]),
    ) as Resources['cursors'], // the same members
  };
}

/** A response without the members that differ between any two requests: new ids, times, traces. */
function plain(
  response: ApiResponse,
  { job, service, version, tag, group, name, idempotencyKey, delivery, cursors }: Resources,
): string {
  const names = [
    job,
    service,
    version,
    group,
    tag,
    name,
    idempotencyKey,
    delivery,
    ...Object.values(cursors),
  ];
  return comparableResponse(response, names)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, '{id}')
    .replaceAll(/00-[0-9a-f]{32}-[0-9a-f]{16}-0\d/g, '{trace}')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '{time}')
    .replaceAll(/whsec_[\w+/]+=*/g, '{secret}')
    .replaceAll(/"url":"[^"]*X-Amz-Signature[^"]*"/g, '"url":{}')
    .replaceAll(/(position[\\"]+:[\\"]+|id: )[\w-]{40,}/g, '$1{position}')
    .replaceAll(/"(etag|retry-after)":"[^,]*"/g, '"$1":{}')
    .replaceAll(/"(version|status)":("\w+"|\d+)(?=,"links"|,"service"|,"name")/g, '"$1":{}');
}

/** Every item that the first tenant has in the table, except what the service itself changes in a running job. */
async function storedOfFirst(): Promise<readonly string[]> {
  const client = operatorClient(errand.cloud);
  const TableName = errand.cloud.output('Errand', 'TableName');
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({ TableName, ConsistentRead: true }),
  );
  client.destroy();
  expect(LastEvaluatedKey).toBeUndefined();
  const running = foreign.at(-2)?.job ?? '';
  return Items.filter(
    ({ pk, sk }) => /^(?:T|I|WD|GROUPS)#local(#|$)/.test(pk?.S ?? '') && sk?.S !== `J#${running}`,
  )
    .map((item) => JSON.stringify(Object.entries(item).toSorted()))
    .toSorted();
}

/** Reads precede the writes that give the second tenant more resources. */
const readingFirst = routes
  .toSorted((one, other) => Number(other.method === 'GET') - Number(one.method === 'GET'))
  .map(({ operationId }) => operationId);

/** The operations that take the ID of a data object in one of the places, as the OpenAPI document describes them. */
function operationsWithDataIds(...places: readonly ('path' | 'query' | 'body')[]): readonly OperationId[] {
  const isReference = ({ pattern }: Readonly<Record<string, unknown>>) =>
    String(pattern).includes(dataReferencePattern);
  return documentedOperations()
    .filter(({ parameters = [], requestBody }) =>
      places.some((place) =>
        hasNode(place === 'body' ? requestBody : parameters.filter((one) => one.in === place), isReference),
      ),
    )
    .map(({ operationId }) => operationId);
}

/** Whether a request is refused only because of the resources that it names, and not because of its token. */
function isPermitted({ headers, path }: WalkRequest): boolean {
  const { job, token } = own.running;
  return headers?.['authorization'] === undefined
    ? !path.startsWith('/v1/worker/')
    : headers['authorization'] === `Bearer ${token}` && path.includes(job);
}

/** The validation of a draft checks no inputs, because they may change before its start: a response without a body. */
const validDraft = '""';

const isEventStream = ({ headers }: WalkRequest) => headers?.['accept'] === 'text/event-stream';

describe('when a tenant names resources of another tenant,', () => {
  let before: readonly string[];
  beforeAll(async () => {
    before = await storedOfFirst();
    expect(before.length).toBeGreaterThan(15);
  });

  test('the requests cover every route of the table', () => {
    expect(Object.keys(requestsOf).toSorted()).toEqual(
      routes.map(({ operationId }) => operationId).toSorted(),
    );
  });

  test.each(readingFirst)('%s responds as if they did not exist', async (id) => {
    const [first] = foreign;
    if (first === undefined) throw new Error('the first tenant has nothing');
    const absent = absentFor(first);
    const expected = await answersOf(id, absent);
    // Requests that name no job need only one of the jobs.
    const each = JSON.stringify(requestsOf[id](first, own)).includes(first.job) ? foreign : [first];
    for (const resources of each) expect(await answersOf(id, resources), resources.job).toEqual(expected);
    expect(JSON.stringify(expected)).not.toContain(jobMark);
  });

  const [inPath, inOtherPlaces] = [operationsWithDataIds('path'), operationsWithDataIds('query', 'body')];

  test.each(inPath)('%s responds with 404 to the ID of their data objects', async (id) => {
    for (const { data, uploading, ...resources } of foreign.slice(0, 1)) {
      const requests = requestsOf[id]({ ...resources, data, uploading }, own).filter(isPermitted);
      for (const dataId of [data, uploading]) {
        const naming = requests.filter(({ path }) => path.includes(dataId));
        expect(naming, 'requests with the ID').not.toEqual([]);
        for (const { path, ...call } of naming) {
          const { status, body } = await asSecond(path, call);
          expect([status, body.type], `${call.method} ${path}`).toEqual([404, problemUri('not-found')]);
        }
      }
    }
  });

  test('actOnJobs refuses a rerun with their data objects as inputs', async () => {
    const [resources] = foreign;
    if (resources === undefined) throw new Error('the first tenant has nothing');
    const refusalsWith = async (ids: readonly string[]) => {
      const changes = { inputs: { table: ids } };
      const rerun = { action: 'rerun', ids: [own.endedJob], changes };
      const { id, refused } = await endedOperation(asSecond, rerun);
      expect(refused).toBe(1);
      const { body } = await asSecond(`/v1/operations/${id}/refusals`);
      return ids.reduce((text, one) => text.replaceAll(one, '{id}'), JSON.stringify(body.items));
    };
    const refusals = await refusalsWith([resources.data, resources.uploading]);
    expect(refusals).toContain('does not exist');
    const { data, uploading } = absentFor(resources);
    expect(refusals).toBe(await refusalsWith([data, uploading]));
  });

  // An operation names them in the background: see above.
  test.each(inOtherPlaces.filter((id) => id !== 'actOnJobs'))(
    '%s does not find their data objects by the IDs in a query or a body',
    async (id) => {
      const [resources] = foreign;
      if (resources === undefined) throw new Error('the first tenant has nothing');
      const { data, uploading } = resources;
      const ids = [data, uploading];
      const naming = requestsOf[id](resources, own)
        .filter(isPermitted)
        .filter(({ path, body = null }) => ids.some((one) => `${path}${JSON.stringify(body)}`.includes(one)));
      expect(naming, 'requests with the IDs').not.toEqual([]);
      for (const { path, ...call } of naming) {
        const { body } = await asSecond(path, call);
        const text = JSON.stringify(body);
        if (id === 'listData') expect(body).toMatchObject({ items: [] });
        // The ID is the caller's own text. What would show that the object was found is another violation.
        else if (text !== validDraft) expect(text).toContain('does not exist');
        expect(text).not.toMatch(/whose upload|media type/);
      }
    },
  );

  test('no resource of the other tenant has changed', async () => {
    expect(await storedOfFirst()).toEqual(before);
    const running = foreign.at(-2)?.job ?? '';
    const { body } = await asFirst(`/v1/jobs/${running}`);
    expect(body).toMatchObject({ status: 'executing', children: { total: 2 } });
    expect(body).not.toHaveProperty('progress');
  });

  async function answersOf(id: OperationId, resources: Resources): Promise<readonly string[]> {
    const responses: string[] = [];
    for (const { path, ...call } of requestsOf[id](resources, own)) {
      const response = await asSecond(path, call);
      // An unknown job in a filter matches no event; the stream of the log ends.
      const expected = id !== 'listEvents' ? 404 : call.headers?.['last-event-id'] === undefined ? 200 : 400;
      if (isEventStream({ path, ...call })) expect(response.status, path).toBe(expected);
      responses.push(`${call.method ?? 'GET'} ${plain(response, resources)}`);
    }
    return responses;
  }
});
