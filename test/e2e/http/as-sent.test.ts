import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedInvocation,
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([paused.change]);
  const dispatcher = { kind: 'lambda', functionName: pausedFunctionName };
  await errand.call('/v1/services/paused/versions/1.0.0', {
    method: 'PUT',
    body: { parameters: {}, dispatcher },
  });
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

async function running(): Promise<PausedInvocation & { readonly id: string }> {
  const { id } = await submitJob(errand, { service: 'paused' });
  return { ...(await paused.invocation(id)), id };
}

/** Calls a worker route, at the function URL that the envelope names. */
function report({ worker }: PausedInvocation, path: string, call: Call): Promise<ApiResponse> {
  const headers = { authorization: `Bearer ${worker.token}`, ...call.headers };
  const at = worker.url.slice(errand.url.length);
  return errand.call(`${at}${path}`, { withKey: false, ...call, headers });
}

/** A text in UTF-8, except that each of its question marks is a byte that starts no character. */
function withInvalidBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replaceAll('?', '\u00ff'), 'latin1'));
}

/** Every route that takes JSON from a caller. */
const bodies: ReadonlyArray<readonly [title: string, path: string, method: string, before: string]> = [
  ['the parameters of a job', '/v1/jobs', 'POST', '{"service":"echo","parameters":'],
  ['the parameters of a draft', '/v1/jobs', 'POST', '{"start":false,"parameters":'],
  ['the metadata of a job', '/v1/jobs', 'POST', '{"service":"echo","metadata":'],
  ['a batch', '/v1/jobs/batch', 'POST', '{"jobs":'],
  ['a schema', '/v1/services/wire/versions/1.0.0', 'PUT', '{"parameters":'],
];

describe.each(bodies)('%s', (_title, path, method, before) => {
  const send = (json: string) => errand.call(path, { method, body: `${before}${json}}` });

  test('with an integer that would change is refused at the literal', async () => {
    const response = await send('{"enum":[3889108265204450030]}');
    expectProblem(response, 'invalid-request');
    const [fault] = response.body.errors;
    expect(fault.pointer).toMatch(/\/enum\/0$/);
    expect(fault.detail).toContain('not 3889108265204450030; send it as a string');
  });

  test('with a duplicate member is refused at the second', async () => {
    const response = await send('{"type":"object","type":"string"}');
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer: expect.stringMatching(/\/type$/) }]);
  });

  test('that is not UTF-8 is refused', async () => {
    const response = await errand.call(path, {
      method,
      body: withInvalidBytes(`${before}{"title":"?"}}`),
    });
    expectProblem(response, 'invalid-json');
    expect(response.body.detail).toContain('not valid UTF-8');
  });
});

test('integers, fractions and texts arrive as they were sent', async () => {
  const sent =
    '{"most":9007199254740991,"least":-9007199254740991,"tenth":0.1,"large":1.5e+300,"round":100000000000000000000,"text":"é\ufffd🐎"}';
  const response = await errand.call('/v1/jobs', {
    body: `\ufeff{"service":"echo","parameters":${sent}}`,
    headers: { prefer: 'wait=10' },
  });
  expect(JSON.stringify(response.body.result)).toBe(sent);
});

test('two bodies that differ only by a large integer are not a repetition of each other', async () => {
  const headers = { 'idempotency-key': 'large-integers' };
  const send = (literal: string) =>
    errand.call('/v1/jobs', { headers, body: `{"service":"echo","parameters":{"id":${literal}}}` });
  expectProblem(await send('3889108265204450030'), 'invalid-request');
  expect((await send('null')).status).toBe(202);
  expectProblem(await send('1e400'), 'invalid-request');
  expectProblem(await send('3889108265204450031'), 'invalid-request');
});

describe('a result that a worker reports', () => {
  test.each([
    ['an integer that would change', '{"result":{"id":3889108265204450030}}', '/result/id'],
    ['a duplicate member', '{"result":{"a":1,"a":2}}', '/result/a'],
  ])('is refused with %s, and the attempt continues', async (_, body, pointer) => {
    const attempt = await running();
    const response = await report(attempt, '/complete', { body });
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer }]);
    expect((await report(attempt, '/complete', { body: { result: 7 } })).status).toBe(200);
    attempt.finish(null);
    expect(await endedJob(errand, attempt.id)).toMatchObject({ status: 'succeeded', result: 7 });
  });

  test('is refused at both addresses when it is not UTF-8', async () => {
    const attempt = await running();
    const body = withInvalidBytes('{"result":"?"}');
    const headers = { authorization: `Bearer ${attempt.worker.token}` };
    const atApi = await errand.call(`/v1/worker/jobs/${attempt.id}/complete`, {
      body,
      headers,
      withKey: false,
    });
    expectProblem(atApi, 'invalid-json');
    // A function URL passes application/json on as text, and other types as bytes.
    for (const type of ['application/json', 'application/vnd.result+json']) {
      const headers = { 'content-type': type };
      expectProblem(await report(attempt, '/complete', { body, headers }), 'invalid-json');
    }
    expect((await report(attempt, '/complete', { body: { result: 'é\ufffd' } })).status).toBe(200);
    attempt.finish(null);
    expect((await endedJob(errand, attempt.id)).result).toBe('é\ufffd');
  });

  test.each([
    ['an integer that would change', Buffer.from('{"id":-3889108265204450030}'), '/id'],
    ['a duplicate member', Buffer.from('{"a":1,"a":1}'), '/a'],
    ['bytes that are not UTF-8', withInvalidBytes('{"a":"?"}'), 'UTF-8'],
  ])('ends the job as invalid-result when its upload contains %s', async (_, bytes, text) => {
    const attempt = await running();
    const mediaType = 'application/json';
    const { body } = await report(attempt, '/result-upload', {
      body: { mediaType, sizeBytes: bytes.byteLength },
    });
    await fetch(body.uploadUrl, { method: 'PUT', body: new Uint8Array(bytes) });
    const completion = { resultReference: body.reference, mediaType };
    expect((await report(attempt, '/complete', { body: completion })).status).toBe(200);
    attempt.finish(null);
    const { error } = await endedJob(errand, attempt.id);
    expect(error).toMatchObject({ code: 'invalid-result', detail: expect.stringContaining(text) });
  });
});

test('uploaded JSON may start with a byte order mark, which is not part of the result', async () => {
  const attempt = await running();
  const mediaType = 'application/json';
  const bytes = Buffer.from('\ufeff{"a":1}');
  const request = { body: { mediaType, sizeBytes: bytes.byteLength } };
  const { body } = await report(attempt, '/result-upload', request);
  await fetch(body.uploadUrl, { method: 'PUT', body: new Uint8Array(bytes) });
  await report(attempt, '/complete', { body: { resultReference: body.reference, mediaType } });
  attempt.finish(null);
  expect(await endedJob(errand, attempt.id)).toMatchObject({ status: 'succeeded', result: { a: 1 } });
});

test('an upload may be empty, unless it is JSON', async () => {
  for (const [mediaType, status] of [
    ['text/csv', 'succeeded'],
    ['application/json', 'failed'],
  ] as const) {
    const attempt = await running();
    const asked = await report(attempt, '/result-upload', { body: { mediaType, sizeBytes: 0 } });
    const { uploadUrl, reference } = expectDocumented(asked, 'requestResultUpload').body;
    expect((await fetch(uploadUrl, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(uploadUrl, { method: 'PUT', body: '' })).status).toBe(200);
    await report(attempt, '/complete', { body: { resultReference: reference, mediaType } });
    attempt.finish(null);
    expect((await endedJob(errand, attempt.id)).status).toBe(status);
  }
});
