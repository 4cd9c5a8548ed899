import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { routes } from '../../../core/contract/routes/routes.ts';
import { workerDataRoutes } from '../../../core/contract/routes/worker-data-routes.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { onlyBlock, readDocument } from '../../docs/markdown.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { silentJob } from '../../support/jobs/silent-job.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { comparableResponse } from '../../support/local-service/comparable-response.ts';
import {
  endedJob,
  type JobBody,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedInvocation,
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';

const other = newTenant();
/** The routes of inputs and outputs are tested with data objects, in `test/e2e/data`. */
const dataOperations: readonly string[] = workerDataRoutes.map(({ operationId }) => operationId);
const workerRoutes = routes.filter(
  (route) =>
    'requiresWorkerToken' in route && route.servedBy === 'api' && !dataOperations.includes(route.operationId),
);
const operationOf = (path: string) =>
  workerRoutes.find((route) => route.path.endsWith(path))?.operationId ?? `none at ${path}`;

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  const squares = { module: onlyBlock(readDocument('docs/guides/worker.md'), 'js') };
  errand = await startChangedErrand([paused.change, withFunctions({ 'errand-service-squares': squares })]);
  await addKey(errand.cloud, other.holder);
  for (const headers of [{}, { 'x-api-key': other.holder.key }]) {
    await register('paused', {}, headers);
    await register('strict', { result: { type: 'object', required: ['rows'] } }, headers);
  }
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

async function register(name: string, definition: object, headers: Record<string, string> = {}) {
  const dispatcher = { kind: 'lambda', functionName: pausedFunctionName };
  const body = { parameters: {}, dispatcher, ...definition };
  const path = `/v1/services/${name}/versions/1.0.0`;
  const response = await errand.call(path, {
    method: 'PUT',
    body,
    headers,
    withKey: !('x-api-key' in headers),
  });
  expect(response.status).toBe(201);
}

/** A job whose function waits for the value to return, with its first attempt. */
async function running(submission: object = {}): Promise<PausedInvocation & { readonly id: string }> {
  const { id } = await submitJob(errand, { service: 'paused', ...submission });
  return { ...(await paused.invocation(id)), id };
}

/** The response of the worker route to the holder of an attempt. */
async function callWorkerRoute(
  { worker }: Pick<PausedInvocation, 'worker'>,
  path: string,
  call: Call = {},
): Promise<ApiResponse> {
  const headers = { authorization: `Bearer ${worker.token}`, ...call.headers };
  const method = path === '/parameters' ? 'GET' : 'POST';
  const at = worker.url.slice(errand.url.length);
  const response = await errand.call(`${at}${path}`, { method, withKey: false, ...call, headers });
  return expectDocumented(response, operationOf(path.replace(/\?.*/, '')));
}

async function jobOf({ id }: { readonly id: string }): Promise<JobBody> {
  return (await errand.call(`/v1/jobs/${id}`)).body;
}

/** One valid request to each route, as an attempt would send it. */
const requests: ReadonlyArray<readonly [string, Call]> = [
  ['/parameters', {}],
  ['/heartbeat', {}],
  ['/progress', { body: { completion: 0.5 } }],
  ['/result-upload', { body: { mediaType: 'text/csv', sizeBytes: 8 } }],
  ['/complete', { body: { result: 1 } }],
  ['/fail', { body: { message: 'no' } }],
];

describe('an attempt that runs', () => {
  test('gets its parameters, small or large', async () => {
    for (const length of [10, 5000, 120_000]) {
      const parameters = { text: 'é'.repeat(length / 2) };
      const attempt = await running({ parameters });
      const response = await callWorkerRoute(attempt, '/parameters');
      expect(response.status).toBe(length > 100_000 ? 303 : 200);
      const address = response.headers.get('location');
      const found = address === null ? response.body : await (await fetch(address)).json();
      expect(found).toEqual(parameters);
      attempt.finish(null);
    }
  });

  test('names its invocation in a header, and a malformed header does not cost its report', async () => {
    const logAfter = async (invocation: string) => {
      const attempt = await running();
      const call = { body: { completion: 0.5 }, headers: { 'errand-invocation': invocation } };
      expect((await callWorkerRoute(attempt, '/progress', call)).status).toBe(200);
      expect((await jobOf(attempt)).progress.completion).toBe(0.5);
      const { items } = (await errand.call(`/v1/jobs/${attempt.id}/attempts`)).body;
      attempt.finish(null);
      return items[0].log;
    };
    const requestId = '0f0e0d0c-0b0a-4908-8706-050403020100';
    const stream = '2026/11/30/[$LATEST]0123456789abcdef';
    for (const malformed of ['0', `${requestId} /a/group`, `${requestId} /a/group ${stream} more`])
      expect(await logAfter(malformed)).toBeUndefined();
    const log = { requestId, group: '/a/group', stream };
    expect(await logAfter(`${requestId} /a/group ${stream}`)).toEqual(log);
  });

  test('reads its parameters on condition, at the function URL and at the API', async () => {
    const attempt = await running({ parameters: { a: 1 } });
    const url = `${errand.url}/v1/worker/jobs/${attempt.id}`;
    for (const worker of [attempt.worker, { ...attempt.worker, url }]) {
      const request = (headers: Record<string, string>) =>
        callWorkerRoute({ worker }, '/parameters', { headers });
      const tag = (await request({})).headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[!-~]+"$/);
      expect((await request({ 'if-none-match': tag })).status).toBe(304);
      expectProblem(await request({ 'if-match': '"other"' }), 'precondition-failed');
      const head = await errand.call(`${worker.url.slice(errand.url.length)}/parameters`, {
        method: 'HEAD',
        withKey: false,
        headers: { authorization: `Bearer ${worker.token}` },
      });
      expect([head.status, head.headers.get('etag'), head.body]).toEqual([200, tag, '']);
    }
    attempt.finish(null);
  });

  test('cannot report progress beyond the total of an earlier report', async () => {
    const attempt = await running();
    await callWorkerRoute(attempt, '/progress', { body: { stepsTotal: 4, stepsCompleted: 1 } });
    const response = await callWorkerRoute(attempt, '/progress', { body: { stepsCompleted: 5 } });
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer: '/stepsCompleted', keyword: 'maximum' }]);
    expect((await jobOf(attempt)).progress).toMatchObject({ stepsTotal: 4, stepsCompleted: 1 });
    attempt.finish(null);
  });

  test('shows its progress, without an event', async () => {
    const attempt = await running();
    const report = { stepsTotal: 4, stepsCompleted: 1, message: 'reading' };
    expect((await callWorkerRoute(attempt, '/progress', { body: report })).body).toEqual({ abort: false });
    expect((await jobOf(attempt)).progress).toEqual({ ...report, completion: 0.25 });
    expect(await statesOf(errand, attempt.id)).toEqual(['pending', 'executing']);
    attempt.finish({ rows: 7 });
    expect(await endedJob(errand, attempt.id)).toMatchObject({ status: 'succeeded', result: { rows: 7 } });
  });

  test('may complete before its function returns, and the return value is discarded', async () => {
    const attempt = await running();
    for (let time = 0; time < 2; time += 1) {
      const response = await callWorkerRoute(attempt, '/complete', { body: { result: { by: 'report' } } });
      expect(response.body).toEqual({ abort: false });
    }
    const job = await endedJob(errand, attempt.id);
    expect(job).toMatchObject({ status: 'succeeded', result: { by: 'report' } });
    attempt.finish({ by: 'return' });
    const log = join(errand.dataDirectory, 'logs', 'errand-settle.log');
    await until('the late return is refused', () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
      return lines.some((line) => line.includes('report-stale') && line.includes(attempt.id));
    });
    expect(await jobOf(attempt)).toEqual(job);
  });

  test('is stale once its function has returned', async () => {
    const attempt = await running();
    attempt.finish('returned');
    const job = await endedJob(errand, attempt.id);
    for (const [path, call] of requests)
      expectProblem(await callWorkerRoute(attempt, path, call), 'stale-attempt');
    expect(await jobOf(attempt)).toEqual(job);
  });

  test('may fail with its own message, and be retried; then its token is invalid', async () => {
    const retry = { maxAttempts: 2, backoffSeconds: 0 };
    const first = await running({ retry });
    const body = { message: 'busy', type: 'no-license', retryable: true };
    await callWorkerRoute(first, '/progress', { body: { completion: 0.9 } });
    expect((await callWorkerRoute(first, '/fail', { body })).body).toEqual({ abort: false });
    const second = await paused.invocation(first.id, 2);
    expect(await jobOf(first)).not.toHaveProperty('progress');
    expect((await callWorkerRoute(first, '/fail', { body })).status).toBe(200);
    for (const [path, call] of requests)
      expectProblem(await callWorkerRoute(first, path, call), 'stale-attempt');
    const other = { ...body, message: 'no', retryable: false };
    await callWorkerRoute(second, '/fail', { body: other });
    const job = await endedJob(errand, first.id);
    expect(job).toMatchObject({
      status: 'failed',
      error: {
        code: 'service-failed',
        detail: 'no-license: no',
        attempt: 2,
        serviceErrorType: 'no-license',
      },
    });
    const attempts = await errand.call(`/v1/jobs/${first.id}/attempts`);
    const events = await errand.call(`/v1/jobs/${first.id}/events`);
    const errorsOf = ({ data }: { data: { error?: { serviceErrorType?: string } } }) => data.error ?? [];
    const shown = [...attempts.body.items, ...events.body.items.flatMap(errorsOf)];
    expect(shown.map(({ serviceErrorType }) => serviceErrorType)).toEqual(Array(4).fill('no-license'));
    for (const attempt of [first, second]) attempt.finish(null);
  });

  test('receives a request to stop once its job is aborted, and its later reports are discarded', async () => {
    const attempt = await running();
    await errand.call(`/v1/jobs/${attempt.id}/abort`, { method: 'POST' });
    const job = await jobOf(attempt);
    expect(job.status).toBe('aborted');
    for (const [path, call] of requests.slice(1, 3))
      expect((await callWorkerRoute(attempt, path, call)).body).toEqual({ abort: true });
    expectProblem(await callWorkerRoute(attempt, '/complete', { body: { result: 1 } }), 'stale-attempt');
    expect(await jobOf(attempt)).toEqual(job);
    attempt.finish(null);
  });

  test('is lost when it sends no report for longer than its service allows', async () => {
    const silent = silentJob(Date.now(), { service: { name: 'paused', version: '1.0.0' } });
    await putJob(errand, silent);
    const { error } = await reconcileUntilEnded(errand, silent.id);
    expect(error).toMatchObject({ code: 'lost', detail: 'The attempt reported nothing for 10 s' });
  });
});

test('the worker in the guide reports its progress and its result', async () => {
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-squares' };
  await register('squares', { dispatcher });
  const { id } = await submitJob(errand, { service: 'squares', parameters: { upTo: 3 } });
  const job = await endedJob(errand, id);
  expect(job).toMatchObject({
    status: 'succeeded',
    resultMediaType: 'text/csv',
    progress: { stepsTotal: 3 },
  });
  const response = await errand.call(`/v1/jobs/${id}/result`);
  const file = await fetch(response.headers.get('location') ?? '');
  expect(await file.text()).toBe('number,square\n1,1\n2,4\n3,9\n');
});

describe('an uploaded result', () => {
  async function upload(attempt: PausedInvocation, text: string, mediaType: string) {
    const sizeBytes = Buffer.byteLength(text);
    const { body } = await callWorkerRoute(attempt, '/result-upload', { body: { mediaType, sizeBytes } });
    expect(body.abort).toBe(false);
    const put = (content: string) => fetch(body.uploadUrl, { method: 'PUT', body: content });
    return { put, body: { resultReference: body.reference, mediaType } };
  }

  test('of any media type is returned with it', async () => {
    const attempt = await running({ service: 'strict' });
    const mediaType = 'text/csv; charset=utf-8';
    const { put, body } = await upload(attempt, 'a,b\n1,2\n', mediaType);
    expect((await put('a,b\n1,2\n')).status).toBe(200);
    expect((await callWorkerRoute(attempt, '/complete', { body })).body).toEqual({ abort: false });
    const job = await endedJob(errand, attempt.id);
    expect(job).toMatchObject({ status: 'succeeded', resultMediaType: mediaType });
    expect(job).not.toHaveProperty('result');
    const response = expectDocumented(await errand.call(`/v1/jobs/${attempt.id}/result`), 'getResult');
    const given = await fetch(response.headers.get('location') ?? '');
    expect([given.headers.get('content-type'), await given.text()]).toEqual([mediaType, 'a,b\n1,2\n']);
    attempt.finish(null);
  });

  test('in which a browser could run code is saved as a file of unknown type', async () => {
    const attempt = await running({ service: 'strict' });
    const html = '<script>alert(1)</script>';
    const { put, body } = await upload(attempt, html, 'text/html');
    expect((await put(html)).status).toBe(200);
    expect((await callWorkerRoute(attempt, '/complete', { body })).status).toBe(200);
    expect(await endedJob(errand, attempt.id)).toMatchObject({ resultMediaType: 'text/html' });
    const response = await errand.call(`/v1/jobs/${attempt.id}/result`);
    const { headers } = await fetch(response.headers.get('location') ?? '');
    expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      'application/octet-stream',
      'attachment',
    ]);
    attempt.finish(null);
  });

  test('that is JSON is a result like any other, and is checked', async () => {
    const [good, bad] = [await running({ service: 'strict' }), await running({ service: 'strict' })];
    for (const [attempt, text] of [
      [good, '{"rows":7}'],
      [bad, '{"row":7}'],
    ] as const) {
      const { put, body } = await upload(attempt, text, 'application/json');
      await put(text);
      expect((await callWorkerRoute(attempt, '/complete', { body })).status).toBe(200);
      attempt.finish(null);
    }
    expect(await endedJob(errand, good.id)).toMatchObject({ result: { rows: 7 } });
    const { error } = await endedJob(errand, bad.id);
    expect(error).toMatchObject({ code: 'invalid-result', detail: expect.stringContaining('/rows') });
  });

  test('in JSON of its own media type is served as it was checked, whatever is uploaded later', async () => {
    const attempt = await running({ service: 'strict' });
    const mediaType = 'application/vnd.rows+json';
    const { put, body } = await upload(attempt, '{"rows":7}', mediaType);
    await put('{"rows":7}');
    expect((await callWorkerRoute(attempt, '/complete', { body })).status).toBe(200);
    expect((await put('{"row":"7')).status).toBe(403);
    expect((await put('{"row":"7}')).status).toBe(200);
    expect(await endedJob(errand, attempt.id)).toMatchObject({ resultMediaType: mediaType });
    const response = await errand.call(`/v1/jobs/${attempt.id}/result`);
    const served = await fetch(response.headers.get('location') ?? '');
    expect([served.headers.get('content-type'), await served.text()]).toEqual([mediaType, '{"rows":7}']);
    attempt.finish(null);
  });

  test('must have the announced size, and must exist', async () => {
    const attempt = await running();
    const { put, body } = await upload(attempt, 'four', 'text/plain');
    expect((await put('fives')).status).toBe(403);
    const response = await callWorkerRoute(attempt, '/complete', { body });
    expect(response.body).toMatchObject({ errors: [{ pointer: '/resultReference' }] });
    expect((await jobOf(attempt)).status).toBe('executing');
    attempt.finish(null);
  });

  test('of another attempt cannot complete this attempt', async () => {
    const [one, two] = [await running(), await running()];
    const { put, body } = await upload(one, 'four', 'text/plain');
    await put('four');
    expectProblem(await callWorkerRoute(two, '/complete', { body }), 'invalid-request');
    for (const attempt of [one, two]) attempt.finish(null);
  });
});

describe('a caller without the token of the attempt', () => {
  test.each(requests)('is refused at %s, with a problem of the usual form', async (path, call) => {
    const attempt = await running();
    const before = await jobOf(attempt);
    const { token } = attempt.worker;
    for (const authorization of [
      undefined,
      'Bearer',
      `Basic ${token}`,
      `Bearer ${errand.apiKey}`,
      `Bearer x${token}`,
    ]) {
      const headers = authorization === undefined ? { authorization: '' } : { authorization };
      const response = await callWorkerRoute(attempt, path, { ...call, headers });
      expectProblem(response, 'unauthenticated');
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="errand-worker"');
    }
    expect(await jobOf(attempt)).toEqual(before);
    attempt.finish(null);
  });

  test.each(requests)('cannot find out at %s whether a job exists, at either address', async (path, call) => {
    const { mine, ended, deleted, stolen } = await jobsOfEveryKind();
    const before = await jobOf(mine);
    const guess = `${mine.worker.token.slice(0, -43)}${'A'.repeat(43)}`;
    const broken = { body: '{', headers: { 'errand-worker-id': 'two words', 'content-type': 'text/plain' } };
    for (const address of [mine.worker.url.slice(0, -mine.id.length), `${errand.url}/v1/worker/jobs/`]) {
      const request = async (id: string, token: string, sent: Call = call) =>
        comparableResponse(await callWorkerRoute({ worker: { url: `${address}${id}`, token } }, path, sent), [
          id,
        ]);
      const nothing = await request(jobIdAt(0), guess);
      expect(nothing).toContain(problemUri('unauthenticated'));
      for (const [id, token] of [
        [mine.id, guess],
        [mine.id, stolen],
        [mine.id, ended.worker.token],
        [ended.id, guess],
        [deleted.id, guess],
        [deleted.id, deleted.worker.token],
        [jobIdAt(0), stolen],
        ['no-id-at-all', guess],
      ] as const) {
        expect(await request(id, token), id).toBe(nothing);
        if (path !== '/parameters')
          expect(await request(id, token, { ...call, ...broken }), id).toBe(nothing);
      }
    }
    expect(await jobOf(mine)).toEqual(before);
    mine.finish(null);
  });
});

/** A running job, an ended job, a deleted job, and a token of another tenant. */
async function jobsOfEveryKind() {
  const [mine, ended, deleted] = [await running(), await running(), await running()];
  for (const attempt of [ended, deleted]) {
    attempt.finish(null);
    await endedJob(errand, attempt.id);
  }
  expect((await errand.call(`/v1/jobs/${deleted.id}`, { method: 'DELETE' })).status).toBe(204);
  const asOther = other.call;
  const foreign = await paused.invocation((await submitJob(errand, { service: 'paused' }, asOther)).id);
  foreign.finish(null);
  return { mine, ended, deleted, stolen: foreign.worker.token };
}

describe('an invalid request', () => {
  test.each(requests.slice(1))(
    'to %s is refused with every error, and changes nothing',
    async (path, call) => {
      const attempt = await running();
      const before = await jobOf(attempt);
      const body = { ...Object(call.body), surprise: 1 };
      expectProblem(await callWorkerRoute(attempt, path, { body }), 'invalid-request');
      expectProblem(await callWorkerRoute(attempt, path, { body: '{' }), 'invalid-json');
      const plain = { body: '{}', headers: { 'content-type': 'text/plain' } };
      expectProblem(await callWorkerRoute(attempt, path, plain), 'unsupported-media-type');
      expectProblem(
        await callWorkerRoute(attempt, path, { body: `"${'x'.repeat(1_048_576)}"` }),
        'body-too-large',
      );
      expectProblem(await callWorkerRoute(attempt, `${path}?surprise=1`, call), 'invalid-request');
      const headers = { 'errand-worker-id': 'two words' };
      expectProblem(await callWorkerRoute(attempt, path, { ...call, headers }), 'invalid-request');
      expect(await jobOf(attempt)).toEqual(before);
      attempt.finish(null);
    },
  );

  test.each([
    [{ stepsTotal: 3, stepsCompleted: 4 }, '/stepsCompleted'],
    [{ completion: 1.1 }, '/completion'],
    [{ stepsTotal: -1 }, '/stepsTotal'],
    [{ message: 'x'.repeat(1025) }, '/message'],
  ])('of progress, %j, causes a problem that names the error', async (body, pointer) => {
    const attempt = await running();
    expect((await callWorkerRoute(attempt, '/progress', { body })).body).toMatchObject({
      errors: [{ pointer }],
    });
    attempt.finish(null);
  });

  test('to an unknown path causes a 404, with another method a 405, without any key', async () => {
    const { id, worker, finish } = await running();
    const call = { withKey: false, method: 'POST' };
    const ofUrl = worker.url.slice(errand.url.length, -`/v1/worker/jobs/${id}`.length);
    for (const base of ['', ofUrl]) {
      const at = `${base}/v1/worker/jobs/${id}`;
      for (const path of [at, `${at}/nothing`, `${at}/heartbeat/more`, `${base}/v1/worker/jobs`])
        expectProblem(await errand.call(path, call), 'not-found');
      const wrong = await errand.call(`${at}/heartbeat`, { withKey: false });
      expectProblem(wrong, 'method-not-allowed');
      expect(wrong.headers.get('allow')).toBe('POST');
      const nowhere = await errand.call(`${at}/heartbeat`.replace(id, jobIdAt(0)), { withKey: false });
      expect(comparableResponse(nowhere, [jobIdAt(0)])).toBe(comparableResponse(wrong, [id]));
    }
    expectProblem(await errand.call('/v1/worker', call), 'not-found');
    for (const path of ['/v1/jobs', '/v1/health', '/v1/services', '/'])
      expectProblem(await errand.call(`${ofUrl}${path}`), 'not-found');
    finish(null);
  });
});

describe('the REST API', () => {
  test.each(requests)('serves %s like the address that attempts are given', async (path, call) => {
    const attempts = [
      await running({ parameters: { a: 1 } }),
      await running({ parameters: { a: 1 } }),
    ] as const;
    const [mine, other] = attempts;
    expect(mine.worker.url).not.toContain(`${errand.url}/v1/`);
    const there = { worker: { ...other.worker, url: `${errand.url}/v1/worker/jobs/${other.id}` } };
    const [one, two] = [await callWorkerRoute(mine, path, call), await callWorkerRoute(there, path, call)];
    expect(two.status).toBe(one.status);
    expect(Object.keys(two.body)).toEqual(Object.keys(one.body));
    const unauthenticated = await callWorkerRoute(there, path, { ...call, headers: { authorization: '' } });
    expectProblem(unauthenticated, 'unauthenticated');
    expect(unauthenticated.headers.get('x-amzn-remapped-www-authenticate')).toBe(
      'Bearer realm="errand-worker"',
    );
    for (const attempt of attempts) attempt.finish(null);
  });
});

test('a report gets a 503 while the table throttles', async () => {
  const attempt = await running();
  const heal = errand.cloud.faults.add({ service: 'dynamodb', kind: 'throttle' });
  try {
    const responses = await Promise.all(requests.map(([path, call]) => callWorkerRoute(attempt, path, call)));
    for (const response of responses) expectProblem(response, 'unavailable');
  } finally {
    heal();
  }
  attempt.finish(null);
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(workerRoutes.map(({ operationId }) => operationId))).toEqual([]);
});
