import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
let id: string;
beforeAll(async () => {
  errand = await startTestErrand();
  const body = { service: 'echo', parameters: {} };
  id = (await errand.call('/v1/jobs', { body, headers: { prefer: 'wait=20' } })).body.id;
});
afterAll(() => errand?.end());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly withKey?: boolean;
}

/** Sends a request exactly as it is given: `fetch` would resolve dots and change headers. */
async function send(path: string, { method = 'GET', headers = {}, body, withKey = true }: Sent = {}) {
  const key = withKey ? { 'x-api-key': errand.apiKey } : {};
  const over = errand.url.startsWith('https:') ? requestSecurely : request;
  // A deployed API has its stage at the start of every path.
  const stage = new URL(errand.url).pathname.replace(/\/$/, '');
  const sent = over(errand.url, { method, path: `${stage}${path}`, headers: { ...key, ...headers } }).end(
    body,
  );
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('when a path matches no route,', () => {
  const long = 'x'.repeat(6000);
  test.each([
    ['POST', '/v1/jobs/'],
    ['POST', '/v1/jobs/batch/'],
    ['POST', '/v1/jobs/{id}/rerun/'],
    ['POST', '/v1/jobs/{id}/start/'],
    ['POST', '/v1/jobs//rerun'],
    ['POST', '/v1/jobs/%zz/rerun'],
    ['POST', '/v1/jobs/%ff/start'],
    ['POST', '/v1/jobs/%2F/rerun'],
    ['POST', `/v1/jobs/${long}/rerun`],
    ['POST', '/v1/worker/jobs/{id}/children/'],
    ['POST', '/v1/worker/jobs/%ff/children'],
    ['GET', '/v1/jobs/{id}/events/'],
    ['GET', '/v1/jobs//events'],
    ['GET', '/v1/jobs/%zz/events'],
    ['GET', '/v1/jobs/%ff/events'],
    ['GET', '/v1/jobs/../events'],
    ['GET', `/v1/jobs/${long}/events`],
    ['GET', '/v1/jobs/{id}/'],
    ['GET', '/v1//jobs'],
    ['GET', '//v1/jobs'],
    ['GET', '/v1/jobs/%ff'],
    ['GET', '/v1/./jobs'],
    ['GET', '/v1/services/'],
    ['GET', '/v1/health/'],
    ['GET', '/v1/worker/jobs/{id}/parameters/'],
  ])('%s of the odd path %# returns 404', async (method, path) => {
    const body = method === 'POST' ? '{}' : undefined;
    const response = await send(path.replace('{id}', id), { method, ...omitUndefined({ body }) });
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toMatchObject({ type: problemUri('not-found'), status: 404 });
    expect(response.status).toBe(404);
  });
});

describe('HEAD', () => {
  test.each(['/v1/health', '/v1/openapi.json'])('needs no key for the public %s', async (path) => {
    const response = await send(path, { method: 'HEAD', withKey: false });
    expect([response.status, response.body]).toEqual([200, '']);
    expect(response.headers['content-type']).toBe('application/json');
  });

  test('responds immediately for a page of events and for their stream, with the media type of GET', async () => {
    for (const [accept, mediaType] of [
      ['*/*', 'application/json'],
      ['text/event-stream', 'text/event-stream'],
    ]) {
      const headers = { accept: accept ?? '' };
      const response = await send(`/v1/jobs/${id}/events`, { method: 'HEAD', headers });
      expect([response.status, response.headers['content-type'], response.body]).toEqual([
        200,
        mediaType,
        '',
      ]);
      expect(response.headers.vary).toBe('Accept');
    }
  });

  test('of a missing resource has the status of the problem and no body', async () => {
    const response = await send('/v1/jobs/nothing', { method: 'HEAD' });
    expect([response.status, response.body]).toEqual([404, '']);
    expect((await send('/v1/jobs', { method: 'HEAD', withKey: false })).status).toBe(401);
  });
});

test.each([
  ['text/event-stream;q=0.5, application/json', 'application/json'],
  ['text/*;q=0.9, application/json;q=0.5', 'text/event-stream'],
  ['text/event-stream, */*', 'text/event-stream'],
  ['image/png', 'application/json'],
])('events for Accept: %s are %s', async (accept, mediaType) => {
  const response = await send(`/v1/jobs/${id}/events`, { headers: { accept } });
  expect([response.status, response.headers['content-type']]).toEqual([200, mediaType]);
});

describe('a body', () => {
  const submit = (headers: Record<string, string>) =>
    send('/v1/jobs?validateOnly=true', { method: 'POST', headers, body: '{"service":"echo"}' });

  test.each(['application/json;charset=utf8', 'Application/JSON\t;\tCharset="US-ASCII"', 'a/b+json; v=1'])(
    'is read with Content-Type: %s',
    async (type) => {
      expect((await submit({ 'content-type': type })).status).toBe(204);
    },
  );

  test('is read with a content coding that changes nothing, in any case', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'IDENTITY' };
    expect((await submit(headers)).status).toBe(204);
  });

  test('that is refused for its media type or coding causes a response that lists what is accepted', async () => {
    const type = await submit({ 'content-type': 'application/json;charset=utf-16' });
    expect([type.status, type.headers.accept]).toEqual([415, 'application/json']);
    const coding = await submit({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect([coding.status, coding.headers['accept-encoding']]).toEqual([415, 'identity']);
    const headers = { 'content-type': 'text/plain' };
    const patch = await send(`/v1/jobs/${id}`, { method: 'PATCH', headers, body: '{}' });
    expect(patch.status).toBe(415);
    expect(patch.headers['accept-patch']).toBe('application/merge-patch+json, application/json');
  });
});
