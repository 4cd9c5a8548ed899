import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
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

type Attempt = Pick<PausedInvocation, 'worker'> & { readonly id: string; finish(value: unknown): void };

/** A container that writes its token to its log, and then runs until it is stopped. */
const tokenPrinter = `console.log(process.env.ERRAND_WORKER_TOKEN); setTimeout(() => undefined, 60_000);`;

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([
    paused.change,
    withJobDefinitions({ 'errand-job-telling': tokenPrinter }),
  ]);
  await registerBatchService(errand, 'telling', { jobDefinition: 'errand-job-telling' });
  const dispatcher = { kind: 'lambda', functionName: pausedFunctionName };
  for (const [name, version] of [
    ['paused', '1.0.0'],
    ['many', '1.0.0'],
    ['many', '2.0.0'],
    ['indexing', '1.0.0'],
  ]) {
    const path = `/v1/services/${name}/versions/${version}`;
    const body = { parameters: {}, dispatcher, indexedMetadata: name === 'indexing' ? ['run'] : [] };
    expect((await errand.call(path, { method: 'PUT', body })).status).toBe(201);
  }
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

/** A job whose function waits for the value to return. */
async function running(submission: object = {}): Promise<Attempt> {
  const { id } = await submitJob(errand, { service: 'paused', ...submission });
  const { worker, finish } = await paused.invocation(id);
  return { id, worker, finish };
}

async function submitChild({ worker }: Pick<Attempt, 'worker'>, call: Call = {}): Promise<ApiResponse> {
  const headers = { authorization: `Bearer ${worker.token}`, ...call.headers };
  const at = `${worker.url.slice(errand.url.length)}/children`;
  const response = await errand.call(at, {
    method: 'POST',
    body: { service: 'echo' },
    withKey: false,
    ...call,
    headers,
  });
  return expectDocumented(response, 'submitChild');
}

async function childrenOf(id: string): Promise<readonly JobBody[]> {
  return (await errand.call(`/v1/jobs/${id}/children`)).body.items;
}

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

describe('a sub-job that a worker submits', () => {
  test("is a separate job below the worker's job, with the same owner and trace", async () => {
    const parent = await running();
    const response = await submitChild(parent, {
      body: { service: 'echo', name: 'part', parameters: { a: 1 } },
    });
    expect(response).toMatchObject({ status: 202, body: { parentId: parent.id, name: 'part' } });
    const { body } = await errand.call(`/v1/jobs/${parent.id}`);
    const child = await endedJob(errand, response.body.id);
    expect(child).toMatchObject({ result: { a: 1 }, owner: body.owner, traceparent: body.traceparent });
    expect((await childrenOf(parent.id)).map(({ id }) => id)).toEqual([child.id]);
    parent.finish(1);
    expect((await endedJob(errand, parent.id)).status).toBe('succeeded');
  });

  test('can be waited for at the REST API, and can be read there immediately', async () => {
    const parent = await running();
    const headers = { prefer: 'wait=20' };
    const there = { worker: { ...parent.worker, url: `${errand.url}/v1/worker/jobs/${parent.id}` } };
    const waited = await submitChild(there, { headers });
    expect(waited).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect(waited.headers.get('preference-applied')).toBe('wait=20');
    const child = await submitChild(parent, { headers, body: { service: 'paused' } });
    expect(child.status).toBe(202);
    expect(child.headers.has('preference-applied')).toBe(false);
    expect(child.headers.get('location')).toBe(`${errand.url}/v1/jobs/${child.body.id}`);
    (await paused.invocation(child.body.id)).finish(1);
    parent.finish(1);
  });

  test('may be a draft', async () => {
    const parent = await running();
    const draft = await submitChild(parent, { body: { start: false } });
    expect(draft).toMatchObject({ status: 201, body: { status: 'draft', parentId: parent.id } });
    parent.finish(1);
  });

  test('is created once under its key, and is another job below another parent', async () => {
    const [parent, other] = [await running(), await running()];
    const first = await submitChild(parent, keyed('part'));
    const again = await submitChild(parent, keyed('part'));
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await submitChild(other, keyed('part'))).body.id).not.toBe(first.body.id);
    const reused = await submitChild(parent, { ...keyed('part'), body: { service: 'echo', name: 'new' } });
    expectProblem(reused, 'idempotency-key-reused');
    expect(await childrenOf(parent.id)).toHaveLength(1);
    for (const { finish } of [parent, other]) finish(1);
  });

  test('is found by the second attempt of its parent', async () => {
    const retry = { maxAttempts: 2, backoffSeconds: 0 };
    const parent = await running({ retry });
    const first = await submitChild(parent, keyed('part'));
    const failed = {
      method: 'POST',
      withKey: false,
      headers: { authorization: `Bearer ${parent.worker.token}` },
    };
    const fail = `${parent.worker.url.slice(errand.url.length)}/fail`;
    await errand.call(fail, { ...failed, body: { message: 'no', retryable: true } });
    const second = await paused.invocation(parent.id, 2);
    expect((await submitChild(second, keyed('part'))).body.id).toBe(first.body.id);
    expectProblem(await submitChild(parent, keyed('part')), 'stale-attempt');
    parent.finish(1);
    second.finish(1);
  });

  test('ends with the abort of its parent, after which its worker cannot submit any more', async () => {
    const parent = await running();
    const { body: child } = await submitChild(parent, { body: { service: 'paused' } });
    const run = await paused.invocation(child.id);
    await errand.call(`/v1/jobs/${parent.id}/abort`, { method: 'POST' });
    expect(await endedJob(errand, child.id)).toMatchObject({ error: { code: 'aborted-by-parent' } });
    expectProblem(await submitChild(parent), 'stale-attempt');
    expect(await childrenOf(parent.id)).toHaveLength(1);
    run.finish(1);
    parent.finish(1);
  });
});

describe('a sub-job is refused, and not stored,', () => {
  test('without the token of the attempt, whatever key is sent with it', async () => {
    const [parent, other] = [await running(), await running()];
    const withKey = { authorization: '', 'x-api-key': errand.apiKey };
    const unauthenticated = await submitChild(parent, { headers: withKey });
    expectProblem(unauthenticated, 'unauthenticated');
    const wrong = { worker: { ...parent.worker, token: other.worker.token } };
    expectProblem(await submitChild(wrong), 'unauthenticated');
    const foreign = {
      worker: { ...parent.worker, token: `ew_${Buffer.from('other').toString('base64url')}.x` },
    };
    expectProblem(await submitChild(foreign), 'unauthenticated');
    const nowhere = { worker: { ...parent.worker, url: parent.worker.url.replace(parent.id, jobIdAt(1)) } };
    expectProblem(await submitChild(nowhere), 'unauthenticated');
    expect(await childrenOf(parent.id)).toEqual([]);
    for (const { finish } of [parent, other]) finish(1);
  });

  test('for every reason to refuse a submission', async () => {
    const parent = await running();
    const refused = (body: object) => submitChild(parent, { body });
    expectProblem(await refused({ service: 'ecko' }), 'service-not-found');
    expectProblem(await refused({ service: 'many' }), 'ambiguous-version');
    expectProblem(await refused({ service: 'csv-profile@1.0.0', parameters: {} }), 'invalid-parameters');
    expectProblem(await refused({ service: 'echo', inputs: { table: [parent.id] } }), 'invalid-inputs');
    const unindexable = { service: 'indexing', metadata: { run: [] } };
    expectProblem(await refused(unindexable), 'invalid-metadata');
    expectProblem(await refused({ service: 'echo', dependsOn: [jobIdAt(1)] }), 'unknown-job');
    const own = await refused({ service: 'echo', parentId: parent.id });
    expectProblem(own, 'invalid-request');
    expect(own.body.errors).toMatchObject([{ pointer: '/parentId' }]);
    expect(await childrenOf(parent.id)).toEqual([]);
    parent.finish(1);
  });
});

test('a container whose job is being aborted gets no more sub-jobs', async () => {
  const { id } = await submitJob(errand, { service: 'telling' });
  const token = await until('the container has written its token', async () => {
    const { items } = (await errand.call(`/v1/jobs/${id}/logs`)).body;
    return items[0]?.message;
  });
  const parent = { worker: { url: `${errand.url}/v1/worker/jobs/${id}`, token } };
  const [attempt] = (await errand.call(`/v1/jobs/${id}/attempts`)).body.items;
  const asContainer = { headers: { 'errand-worker-id': attempt.dispatcherId } };
  expect((await submitChild(parent, asContainer)).status).toBe(202);
  const letStop = errand.cloud.faults.add({ service: 'batch', action: 'TerminateJob', kind: 'throttle' });
  expect((await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' })).body.status).toBe('aborting');
  expectProblem(await submitChild(parent, asContainer), 'parent-ended');
  letStop();
  expect((await childrenOf(id)).length).toBe(1);
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['submitChild'])).toEqual([]);
});
