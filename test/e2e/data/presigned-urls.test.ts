import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OperationId, routes } from '../../../core/contract/routes/routes.ts';
import { documentedOperations, hasNode } from '../../support/documented-operations.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedInvocation,
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { uploadedData } from './uploaded-data.ts';

const maxLifetimeSeconds = 900;
const html = Buffer.from('<script>alert(1)</script>');
const hostile = { name: '../\u202egpj.html', mediaType: 'text/html' };

/** The headers that may be signed, as S3 must compare them with the request. */
const signedHeaders = {
  GET: ['host'],
  PUT: ['content-length', 'host', 'if-none-match', 'x-amz-checksum-sha256'],
};

/** Operations whose URLs lead to content to read; the URLs of all others take an upload. */
const downloads = ['getResult', 'getWorkerParameters', 'getContent', 'getOutput', 'getWorkerInputs'];

let paused: PausedService;
let errand: TestErrand;
/** A response of each operation that can hand out a URL. */
let responses: Readonly<Record<string, ApiResponse>>;

beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  responses = await respondWithUrls();
}, 60_000);
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

const call: TestErrand['call'] = (path, options) => errand.call(path, options);

function asWorker({ worker }: PausedInvocation, path: string, options: Call = {}): Promise<ApiResponse> {
  const headers = { authorization: `Bearer ${worker.token}` };
  return call(`${worker.url.slice(errand.url.length)}${path}`, { ...options, withKey: false, headers });
}

async function put({
  url,
  headers = {},
}: {
  readonly url: string;
  readonly headers?: object;
}): Promise<void> {
  const init = { method: 'PUT', headers: { ...headers }, body: Uint8Array.from(html) };
  expect((await fetch(url, init)).status).toBe(200);
}

/** A service with slots, and a job of it that runs, with an input and large parameters. */
async function runningJob(): Promise<PausedInvocation> {
  const body = {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    inputs: { page: { collection: true } },
    outputs: { page: {}, pages: { required: false, collection: true } },
  };
  const path = '/v1/services/render/versions/1.0.0';
  expect((await call(path, { method: 'PUT', body })).status).toBe(201);
  const { id } = await uploadedData(call, html, hostile);
  const inputs = { page: [id] };
  const job = await submitJob(errand, {
    service: 'render',
    inputs,
    parameters: { text: 'x'.repeat(200_000) },
  });
  return paused.invocation(job.id);
}

async function respondWithUrls(): Promise<Readonly<Record<string, ApiResponse>>> {
  const attempt = await runningJob();
  const single = { ...hostile, sizeBytes: html.length, sha256: 'ab'.repeat(32) };
  const createData = await call('/v1/data', { body: single });
  const small = `/v1/data/${createData.body.id}`;
  const { body: large } = await call('/v1/data', { body: { ...hostile, sizeBytes: 100_000_001 } });
  const available = await uploadedData(call, html, hostile);
  const createOutput = await asWorker(attempt, '/outputs/page', {
    body: { ...hostile, sizeBytes: html.length },
  });
  const { body: parts } = await asWorker(attempt, '/outputs/pages', { body: hostile });
  await put(createOutput.body.upload);
  await asWorker(attempt, `/outputs/page/${createOutput.body.id}/complete`, { method: 'POST' });
  const upload = { mediaType: 'text/html', sizeBytes: html.length };
  const requestResultUpload = await asWorker(attempt, '/result-upload', { body: upload });
  const whileRunning = {
    createData,
    createOutput,
    requestResultUpload,
    getData: await call(small),
    editData: await call(small, { method: 'PATCH', body: { tags: ['edited'] } }),
    listParts: await call(`/v1/data/${large.id}/parts?limit=3`),
    completeUpload: await call(`/v1/data/${available.id}/complete`, { method: 'POST' }),
    getContent: await call(`/v1/data/${available.id}/content`),
    getWorkerParameters: await asWorker(attempt, '/parameters'),
    getWorkerInputs: await asWorker(attempt, '/inputs'),
    listOutputParts: await asWorker(attempt, `/outputs/pages/${parts.id}/parts?limit=3`),
    getOutput: await call(`/v1/jobs/${attempt.job.id}/outputs/page`),
  };
  await put({ url: requestResultUpload.body.uploadUrl, headers: { 'content-type': 'text/html' } });
  const resultReference = requestResultUpload.body.reference;
  await asWorker(attempt, '/complete', { body: { resultReference, mediaType: 'text/html' } });
  attempt.finish(null);
  expect(await endedJob(errand, attempt.job.id)).toMatchObject({ status: 'succeeded' });
  return { ...whileRunning, getResult: await call(`/v1/jobs/${attempt.job.id}/result`) };
}

/** Every presigned URL in a response, wherever it is. */
function urlsIn({ body, headers }: ApiResponse): readonly URL[] {
  const texts = [headers.get('location') ?? '', ...textsIn(body)];
  return texts.filter((text) => text.includes('X-Amz-Signature')).map((text) => new URL(text));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The times at which the URLs in a response expire, as the response states them. */
function statedExpiries(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { url, expiresAt } = value as { url?: unknown; expiresAt?: unknown }; // any member
  const own = url !== undefined && typeof expiresAt === 'string' ? [expiresAt] : [];
  return [...own, ...Object.values(value).flatMap(statedExpiries)];
}

/** Members that contain a presigned URL; links to other routes have other names. */
const urlMembers = ['url', 'uploadUrl'];

/** The URL of a webhook is that of its receiver, and not presigned. */
const isOfWebhooks = (id: OperationId) =>
  routes.some(({ operationId, path }) => operationId === id && path.startsWith('/v1/webhooks'));

const operations = documentedOperations()
  .filter(({ operationId }) => !isOfWebhooks(operationId))
  .filter(
    ({ responses: documented }) =>
      '303' in documented ||
      hasNode(documented, ({ properties }) =>
        urlMembers.some((member) => Object.hasOwn(properties ?? {}, member)),
      ),
  )
  .map(({ operationId }) => operationId);

test('each operation whose documented responses can contain a presigned URL is examined', () => {
  expect(Object.keys(responses).toSorted()).toEqual(operations.toSorted());
  const without = operations.filter((id) => urlsIn(responses[id] as ApiResponse).length === 0); // each has one
  // A completed upload has no URL any more.
  expect(without).toEqual(['completeUpload']);
});

describe.each(operations.filter((id) => id !== 'completeUpload'))('the URLs of %s', (operationId) => {
  const method = downloads.includes(operationId) ? 'GET' : 'PUT';
  const response = () => expectDocumented(responses[operationId] as ApiResponse, operationId); // the test above
  const urls = () => urlsIn(response());

  test('are valid for at most 15 minutes, and the response states no later time', () => {
    for (const { searchParams } of urls())
      expect(Number(searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(maxLifetimeSeconds);
    for (const expiresAt of statedExpiries(response().body))
      expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + maxLifetimeSeconds * 1000);
  });

  test('name no tenant but that of the caller, and nothing of the name of the content', () => {
    for (const { pathname } of urls())
      expect(pathname).toMatch(/^\/[\w.-]+\/tenants\/local\/(?:data|jobs)\/[\w-]+(?:\/[\w.-]+)*$/);
  });

  test('permit one method for one object, and nothing but what is signed', async () => {
    for (const url of urls()) {
      const signed = url.searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
      expect(signedHeaders[method]).toEqual(expect.arrayContaining(signed));
      const statusOf = async (address: URL, other: string) => {
        const body = other === 'PUT' ? { body: 'x' } : {};
        return (await fetch(address, { method: other, ...body })).status;
      };
      for (const other of ['GET', 'PUT', 'DELETE'].filter((one) => one !== method))
        expect(await statusOf(url, other), other).toBe(403);
      const elsewhere = new URL(url);
      elsewhere.pathname = `${url.pathname.slice(0, -1)}x`;
      expect(await statusOf(elsewhere, method)).toBe(403);
      const longer = new URL(url);
      longer.searchParams.set('X-Amz-Expires', '604800');
      expect(await statusOf(longer, method)).toBe(403);
    }
  });
});

test.each(downloads)(
  'the URLs of %s lead to content in which a browser runs no code',
  async (operationId) => {
    for (const url of urlsIn(responses[operationId] as ApiResponse)) {
      const { status, headers } = await fetch(url);
      expect(status).toBe(200);
      // Errand itself has stored the parameters.
      const isJson = operationId === 'getWorkerParameters';
      expect(headers.get('content-type')).toBe(isJson ? 'application/json' : 'application/octet-stream');
      if (!isJson) expect(headers.get('content-disposition')).toMatch(/^attachment(?:;|$)/);
      const active = new URL(url);
      active.searchParams.set('response-content-type', 'text/html');
      expect((await fetch(active)).status).toBe(403);
    }
  },
);
