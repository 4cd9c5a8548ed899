import { request } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { maxResponseBytes } from '../../../lambda/fault-payloads.ts';
import type { Invocation } from '../../../lambda/process/api-state.ts';
import { startRuntimeApi } from '../../../lambda/process/runtime-api.ts';

const invocation: Invocation = {
  requestId: 'first',
  payload: '{"a":1}',
  functionArn: 'arn:aws:lambda:r:1:function:f',
  deadlineAt: 1_700_000_000_000,
  traceId: 'Root=1',
};

/** A Runtime API whose reports are collected, and a function that sends it a request. */
async function apiForTest() {
  const reports: unknown[] = [];
  const report =
    (name: string) =>
    (...values: readonly unknown[]): void =>
      void reports.push([name, ...values]);
  const api = await startRuntimeApi({
    ready: report('ready'),
    handed: report('handed'),
    initFailed: report('initFailed'),
    done: report('done'),
    failed: report('failed'),
    ended: report('ended'),
    chunk: async (bytes, contentType) => report('chunk')(Buffer.from(bytes).toString(), contentType),
  });
  onTestFinished(() => api.close());
  const send = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(`http://${api.address}/2018-06-01/runtime${path}`, options);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const post = (path: string, body = '', headers: Readonly<Record<string, string>> = {}) =>
    send(path, { method: 'POST', body, headers });
  return { api, reports, send, post };
}

function error(status: number, errorType: string) {
  return { status, text: expect.stringContaining(`"errorType":"${errorType}"`) };
}

describe('the Runtime API', () => {
  test('gives an invocation to a process that waits, with the headers of Lambda', async () => {
    const { api, reports, send } = await apiForTest();
    const waiting = send('/invocation/next');
    await expect.poll(() => reports).toEqual([['ready']]);
    api.give(invocation);
    const { status, headers, text } = await waiting;
    expect([status, text]).toEqual([200, '{"a":1}']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': 'first',
      'lambda-runtime-deadline-ms': '1700000000000',
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': 'Root=1',
    });
    expect(reports).toEqual([['ready'], ['handed']]);
  });

  test('gives an invocation again to a process that repeats its request', async () => {
    const { api, send } = await apiForTest();
    api.give(invocation);
    expect(await send('/invocation/next')).toMatchObject({ status: 200, text: '{"a":1}' });
    expect(await send('/invocation/next')).toMatchObject({ status: 200, text: '{"a":1}' });
  });

  test('accepts one response, whatever its content', async () => {
    const { api, reports, send, post } = await apiForTest();
    api.give(invocation);
    await send('/invocation/next');
    expect(await post('/invocation/first/response', 'no JSON')).toMatchObject({
      status: 202,
      text: '{"status":"OK"}\n',
    });
    expect(reports.at(-1)).toEqual(['done', 'no JSON']);
    expect(await post('/invocation/first/response', '1')).toMatchObject(error(400, 'InvalidRequestID'));
  });

  test('refuses a response before the invocation was requested', async () => {
    const { api, post } = await apiForTest();
    api.give(invocation);
    expect(await post('/invocation/first/response', '1')).toMatchObject(error(403, 'InvalidStateTransition'));
    expect(await post('/invocation/other/response', '1')).toMatchObject(error(400, 'InvalidRequestID'));
  });

  test('refuses a response that is too large, and reports it', async () => {
    const { api, reports, send, post } = await apiForTest();
    api.give(invocation);
    await send('/invocation/next');
    const body = 'x'.repeat(maxResponseBytes + 1);
    expect(await post('/invocation/first/response', body)).toMatchObject(error(413, 'RequestEntityTooLarge'));
    expect(reports.at(-1)).toEqual([
      'failed',
      expect.objectContaining({ errorType: 'Function.ResponseSizeTooLarge' }),
    ]);
  });

  test('reports all members of an error', async () => {
    const { api, reports, send, post } = await apiForTest();
    api.give(invocation);
    await send('/invocation/next');
    const fault = { errorType: 'A', errorMessage: 'b', stackTrace: ['c'], requestId: 'first' };
    expect(await post('/invocation/first/error', JSON.stringify(fault))).toMatchObject({ status: 202 });
    expect(reports.at(-1)).toEqual(['failed', fault]);
  });

  test('takes the type of an error without content from its header', async () => {
    const { reports, post, send } = await apiForTest();
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Runtime.NoReason' };
    expect(await post('/init/error', '', headers)).toMatchObject({ status: 202 });
    expect(reports).toEqual([['initFailed', { errorType: 'Runtime.NoReason', errorMessage: '' }]]);
    expect(await post('/init/error')).toMatchObject(error(403, 'InvalidStateTransition'));
    expect(await send('/invocation/next')).toMatchObject(error(403, 'InvalidStateTransition'));
  });

  test('passes a streamed response on, with an error in its trailers', async () => {
    const { api, reports, send } = await apiForTest();
    api.give(invocation);
    await send('/invocation/next');
    await postStream(`http://${api.address}/2018-06-01/runtime/invocation/first/response`);
    expect(reports.slice(-2)).toEqual([
      ['chunk', 'part', 'text/plain'],
      ['failed', { errorType: 'Broken', errorMessage: 'late' }],
    ]);
  });

  test('refuses an unknown response mode', async () => {
    const { api, reports, send, post } = await apiForTest();
    api.give(invocation);
    await send('/invocation/next');
    const headers = { 'Lambda-Runtime-Function-Response-Mode': 'fast' };
    expect(await post('/invocation/first/response', '1', headers)).toMatchObject(
      error(400, 'InvalidFunctionResponseMode'),
    );
    expect(reports.at(-1)).toEqual([
      'failed',
      { errorType: 'Runtime.InvalidResponseModeHeader', errorMessage: '' },
    ]);
  });

  test('refuses web pages, other hosts and unknown paths', async () => {
    const { api, send, post } = await apiForTest();
    const page = { Origin: 'http://127.0.0.1:4510' };
    expect(await post('/init/error', '', page)).toMatchObject(error(403, 'Forbidden'));
    expect(await send('/invocation/next', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).toMatchObject({
      status: 403,
    });
    expect(await send('/restore/next')).toMatchObject(error(404, 'NotFound'));
    expect(await statusFor(api.address, 'example.org')).toBe(421);
  });
});

function postStream(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'text/plain',
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    };
    const outgoing = request(url, { method: 'POST', headers }, (response) =>
      response.resume().on('end', resolve),
    );
    outgoing.on('error', reject);
    outgoing.write('part');
    outgoing.addTrailers({
      'Lambda-Runtime-Function-Error-Type': 'Broken',
      'Lambda-Runtime-Function-Error-Body': Buffer.from('{"errorMessage":"late"}').toString('base64'),
    });
    outgoing.end();
  });
}

function statusFor(address: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const url = `http://${address}/2018-06-01/runtime/invocation/next`;
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}
