import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../../core/contract/routes/routes.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
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
import { uploadedData } from './uploaded-data.ts';

const csv = Buffer.from('a,b\n1,2\n');
const picture = Buffer.from('<svg/>');
const missingId = '01a1fd71-2cd5-7000-8000-00000000ffff';
const other = newTenant();

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  await addKey(errand.cloud, other.holder);
  const body = {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    inputs: { table: { mediaTypes: ['text/csv'] }, extras: { required: false, collection: true } },
    outputs: { plot: { mediaTypes: ['image/*'] }, notes: { required: false, collection: true } },
  };
  const response = await errand.call('/v1/services/profile/versions/1.0.0', { method: 'PUT', body });
  expect(response.status).toBe(201);
  expect(response.body).toMatchObject({ inputs: body.inputs, outputs: body.outputs });
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

const call: TestErrand['call'] = (path, options) => errand.call(path, options);
const uploaded = (description = {}) =>
  uploadedData(call, csv, { name: 'table.csv', mediaType: 'text/csv', ...description });

/** A job whose worker waits for the test, with its input. */
async function running(inputs: object): Promise<PausedInvocation & { readonly id: string }> {
  const { id } = await submitJob(errand, { service: 'profile', inputs });
  return { ...(await paused.invocation(id)), id };
}

async function asWorker(
  { worker }: Pick<PausedInvocation, 'worker'>,
  operationId: OperationId,
  { path, ...request }: Call & { readonly path: string },
): Promise<ApiResponse> {
  const headers = { authorization: `Bearer ${worker.token}`, ...request.headers };
  const at = worker.url.slice(errand.url.length);
  return expectDocumented(await call(`${at}${path}`, { ...request, withKey: false, headers }), operationId);
}

/** Writes an output with one PUT, as a worker does, and returns its ID. */
async function write(attempt: PausedInvocation, slot: string, name: string): Promise<string> {
  const body = { name, mediaType: 'image/svg+xml', sizeBytes: picture.length };
  const created = await asWorker(attempt, 'createOutput', { path: `/outputs/${slot}`, body });
  const { id, upload } = created.body;
  const put = await fetch(upload.url, {
    method: 'PUT',
    headers: upload.headers,
    body: Uint8Array.from(picture),
  });
  expect(put.status).toBe(200);
  const completed = await asWorker(attempt, 'completeOutput', {
    path: `/outputs/${slot}/${id}/complete`,
    method: 'POST',
  });
  expect(completed.body).toEqual({ id, status: 'available', sizeBytes: picture.length, abort: false });
  return id;
}

async function jobOf(id: string) {
  return expectDocumented(await call(`/v1/jobs/${id}`), 'getJob').body;
}

describe('a job with an input and an output', () => {
  test('reads the input, writes the output, and shows both', async () => {
    const table = await uploaded();
    const attempt = await running({ table: [`urn:errand:data:${table.id}`] });
    const shownInput = { id: table.id, name: 'table.csv', mediaType: 'text/csv', sizeBytes: csv.length };
    expect(await jobOf(attempt.id)).toMatchObject({ inputs: { table: [shownInput] } });
    expect(await jobOf(attempt.id)).not.toHaveProperty('outputs');

    const { body: inputs } = await asWorker(attempt, 'getWorkerInputs', { path: '/inputs' });
    expect(inputs).toMatchObject({ table: [shownInput], extras: [] });
    expect(await (await fetch(inputs.table[0].url)).text()).toBe(csv.toString());

    const id = await write(attempt, 'plot', 'plot.svg');
    const shown = { id, name: 'plot.svg', mediaType: 'image/svg+xml', sizeBytes: picture.length };
    expect((await jobOf(attempt.id)).outputs).toEqual({ plot: [{ ...shown, complete: false }] });
    attempt.finish({ rows: 1 });
    const job = await endedJob(errand, attempt.id);
    expect(job).toMatchObject({ status: 'succeeded', outputs: { plot: [{ ...shown, complete: true }] } });

    const list = expectDocumented(await call(`/v1/jobs/${attempt.id}/outputs`), 'listOutputs');
    expect(list.body).toEqual({ items: [{ slot: 'plot', ...shown, complete: true }] });
    const content = expectDocumented(await call(`/v1/jobs/${attempt.id}/outputs/plot`), 'getOutput');
    expect(content.status).toBe(303);
    expect(await (await fetch(content.headers.get('location') ?? '')).text()).toBe(picture.toString());
    const inBody = await call(`/v1/jobs/${attempt.id}/outputs/plot?redirect=false`);
    const { url, expiresAt } = expectDocumented(inBody, 'getOutput').body;
    expect(await (await fetch(url)).text()).toBe(picture.toString());
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const empty = expectDocumented(await call(`/v1/jobs/${attempt.id}/outputs/notes`), 'getOutput');
    expect([empty.status, empty.body]).toEqual([200, { items: [] }]);
    const data = await call(`/v1/data/${id}`);
    expect(data.body.origin).toEqual({ kind: 'job', jobId: attempt.id, attempt: 1, slot: 'plot' });
  });

  test('writes outputs of unknown size in parts', async () => {
    const attempt = await running({ table: [(await uploaded()).id] });
    const body = { name: 'large.png', mediaType: 'image/png' };
    const { body: created } = await asWorker(attempt, 'createOutput', { path: '/outputs/plot', body });
    const path = `/outputs/plot/${created.id}`;
    const { pathname, search } = new URL(created.upload.partsUrl);
    const parts = expectDocumented(
      await call(`${pathname}${search}?limit=2`, {
        withKey: false,
        headers: { authorization: `Bearer ${attempt.worker.token}` },
      }),
      'listOutputParts',
    );
    expect(parts.body.items).toMatchObject([{ number: 1, uploaded: false }, { number: 2 }]);
    expect(parts.headers.get('link')).toContain(`cursor=${parts.body.nextCursor}`);
    const put = await fetch(parts.body.items[0].url, { method: 'PUT', body: Uint8Array.from(picture) });
    const completion = { parts: [{ number: 1, etag: put.headers.get('etag') }] };
    const request = { path: `${path}/complete`, method: 'POST' };
    expectProblem(await asWorker(attempt, 'completeOutput', request), 'invalid-request');
    const incomplete = { parts: [{ number: 1, etag: 'another' }] };
    expectProblem(
      await asWorker(attempt, 'completeOutput', { ...request, body: incomplete }),
      'upload-incomplete',
    );
    const wrong = { ...completion, crc64nvme: 'AAAAAAAAAAA=' };
    expectProblem(
      await asWorker(attempt, 'completeOutput', { ...request, body: wrong }),
      'checksum-mismatch',
    );
    const completed = await asWorker(attempt, 'completeOutput', { ...request, body: completion });
    expect(completed.body).toMatchObject({ status: 'available', sizeBytes: picture.length });
    expectProblem(
      await asWorker(attempt, 'listOutputParts', { path: `${path}/parts` }),
      'data-not-available',
    );
    attempt.finish(null);
    expect(await endedJob(errand, attempt.id)).toMatchObject({ status: 'succeeded' });
  });

  test('fails if it ends without the required output', async () => {
    const attempt = await running({ table: [(await uploaded()).id] });
    attempt.finish(null);
    expect(await endedJob(errand, attempt.id)).toMatchObject({
      status: 'failed',
      error: { code: 'invalid-result', detail: expect.stringContaining('plot') },
    });
  });

  test('keeps its input from being deleted, and its output keeps the job', async () => {
    const table = await uploaded();
    const attempt = await running({ table: [table.id] });
    const plot = await write(attempt, 'plot', 'plot.svg');
    attempt.finish(null);
    await endedJob(errand, attempt.id);
    const remove = (path: string) => call(path, { method: 'DELETE' });
    const inUse = await remove(`/v1/data/${table.id}`);
    expectProblem(inUse, 'data-in-use');
    expect(inUse.body.jobIds).toEqual([attempt.id]);
    const hasOutputs = expectDocumented(await remove(`/v1/jobs/${attempt.id}`), 'deleteJob');
    expectProblem(hasOutputs, 'job-has-dependents');
    expect(hasOutputs.body.dataIds).toEqual([plot]);
    for (const path of [`/v1/data/${plot}`, `/v1/jobs/${attempt.id}`, `/v1/data/${table.id}`])
      expect((await remove(path)).status).toBe(204);
    for (const end of ['outputs', 'outputs/plot', 'inputs/table']) {
      const gone = end.startsWith('outputs')
        ? expectDocumented(
            await call(`/v1/jobs/${attempt.id}/${end}`),
            end === 'outputs' ? 'listOutputs' : 'getOutput',
          )
        : expectDocumented(await remove(`/v1/jobs/${attempt.id}/${end}`), 'removeInput');
      expectProblem(gone, 'job-deleted');
    }
    const set = await call(`/v1/jobs/${attempt.id}/inputs/table`, { method: 'PUT', body: { data: [] } });
    expectProblem(expectDocumented(set, 'setInput'), 'job-deleted');
  });
});

describe('a request about slots', () => {
  test('is refused with every violation and its pointer', async () => {
    const [picture_, foreign] = [
      await uploaded({ mediaType: 'image/png' }),
      await uploadedData(
        (path, options = {}) =>
          call(path, {
            ...options,
            withKey: false,
            headers: { ...options.headers, 'x-api-key': other.holder.key },
          }),
        csv,
      ),
    ];
    const inputs = { table: [picture_.id], extras: [foreign.id, missingId], unknown: [picture_.id] };
    const refused = expectDocumented(
      await call('/v1/jobs', { body: { service: 'profile', inputs } }),
      'submitJob',
    );
    expectProblem(refused, 'invalid-inputs');
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/inputs/table/0',
      '/inputs/extras/0',
      '/inputs/extras/1',
      '/inputs/unknown',
    ]);
  });

  test('edits the input slots of a draft until it is started', async () => {
    const table = await uploaded();
    const { body: draft } = await call('/v1/jobs', { body: { service: 'profile', start: false } });
    const path = `/v1/jobs/${draft.id}/inputs`;
    const put = async (slot: string, data: readonly string[]) =>
      expectDocumented(await call(`${path}/${slot}`, { method: 'PUT', body: { data } }), 'setInput');
    const remove = async (slot: string) =>
      expectDocumented(await call(`${path}/${slot}`, { method: 'DELETE' }), 'removeInput');
    expect((await put('table', [table.id])).body).toMatchObject({ status: 'ready', missing: [] });
    const emptied = (await remove('table')).body;
    expect(emptied).toMatchObject({
      status: 'draft',
      missing: [{ pointer: '/inputs/table', keyword: 'required' }],
    });
    expectProblem(await put('unknown', [table.id]), 'slot-not-found');
    expectProblem(await remove('unknown'), 'slot-not-found');
    await put('table', [table.id]);
    const many = Array.from({ length: 100 }, () => table.id);
    expectProblem(await put('extras', many), 'invalid-inputs');
    const { status } = await call(`/v1/jobs/${draft.id}/start`, { method: 'POST' });
    expect(status).toBe(202);
    for (const response of [await put('table', []), await remove('table')])
      expectProblem(response, 'illegal-transition');
    (await paused.invocation(draft.id)).finish(null);
  });

  test('of a worker for an unknown slot, a wrong media type or an object of another attempt is refused', async () => {
    const table = await uploaded();
    const attempt = await running({ table: [table.id] });
    const create = (slot: string, mediaType: string) =>
      asWorker(attempt, 'createOutput', { path: `/outputs/${slot}`, body: { name: 'a', mediaType } });
    expectProblem(await create('unknown', 'image/png'), 'slot-not-found');
    const wrongType = await create('plot', 'text/csv');
    expectProblem(wrongType, 'invalid-inputs');
    expect(wrongType.body.errors).toMatchObject([{ pointer: '/mediaType' }]);
    const gone = await write(attempt, 'notes', 'gone');
    expect((await call(`/v1/data/${gone}`, { method: 'DELETE' })).status).toBe(204);
    for (const [id, slug] of [
      [table.id, 'not-found'],
      [gone, 'data-deleted'],
    ] as const) {
      const path = `/outputs/notes/${id}`;
      expectProblem(await asWorker(attempt, 'listOutputParts', { path: `${path}/parts` }), slug);
      expectProblem(
        await asWorker(attempt, 'completeOutput', { path: `${path}/complete`, method: 'POST' }),
        slug,
      );
    }
    expectProblem(
      expectDocumented(await call(`/v1/jobs/${attempt.id}/outputs/unknown`), 'getOutput'),
      'slot-not-found',
    );
    const id = await write(attempt, 'plot', 'plot.svg');
    attempt.finish(null);
    await endedJob(errand, attempt.id);
    for (const [operationId, request] of [
      ['getWorkerInputs', { path: '/inputs' }],
      ['createOutput', { path: '/outputs/plot', body: { name: 'late', mediaType: 'image/png' } }],
      ['listOutputParts', { path: `/outputs/plot/${id}/parts` }],
      ['completeOutput', { path: `/outputs/plot/${id}/complete`, method: 'POST' }],
    ] as const)
      expectProblem(await asWorker(attempt, operationId, request), 'stale-attempt');
  });
});

test('a job that does not exist has no slots', async () => {
  const path = `/v1/jobs/${missingId}`;
  const put = { method: 'PUT', body: { data: [] } };
  for (const [operationId, end, request] of [
    ['setInput', 'inputs/table', put],
    ['removeInput', 'inputs/table', { method: 'DELETE' }],
    ['listOutputs', 'outputs', {}],
    ['getOutput', 'outputs/plot', {}],
  ] as const)
    expectProblem(expectDocumented(await call(`${path}/${end}`, request), operationId), 'not-found');
});

test('every documented response occurs, except that the local store joins parts immediately', () => {
  const unchecked = uncheckedResponses([
    'setInput',
    'removeInput',
    'listOutputs',
    'getOutput',
    'getWorkerInputs',
    'createOutput',
    'listOutputParts',
    'completeOutput',
  ]);
  expect(unchecked).toEqual(['completeOutput 202']);
});
