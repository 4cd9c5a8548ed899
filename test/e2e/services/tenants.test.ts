import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import { expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';

const other = newTenant('somebody');
const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };

let errand: TestErrand;
let first: JobBody;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
  first = await submitTo(errand.call, 'echo');
  await submitTo(errand.call, 'echo');
});
afterAll(() => errand?.end());

/** A call with the other tenant's key. */
function callAsOther(path: string, call: Call = {}): Promise<ApiResponse> {
  return errand.call(path, { ...call, headers: { 'x-api-key': other.holder.key, ...call.headers } });
}

async function submitTo(call: TestErrand['call'], service: string): Promise<JobBody> {
  const response = await call('/v1/jobs', {
    body: { service, parameters: { a: 1 } },
    headers: { prefer: 'wait=20' },
  });
  expect(response.status).toBe(200);
  return response.body;
}

describe('a second tenant', () => {
  test.each(['', '/result', '/request', '/events'])(
    'does not find a job of the first at …%s',
    async (rest) => {
      expect((await errand.call(`/v1/jobs/${first.id}${rest}`)).status).toBe(200);
      for (const id of [first.id, first.urn])
        expectProblem(await callAsOther(`/v1/jobs/${id}${rest}`), 'not-found');
    },
  );

  test("gets the same response about another tenant's job as about a missing one", async () => {
    const none = '01a1fd71-2cd5-7000-8000-000000000000';
    const [foreign, absent] = await Promise.all([first.id, none].map((id) => callAsOther(`/v1/jobs/${id}`)));
    const text = ({ body }: ApiResponse, id: string) =>
      JSON.stringify({ ...body, requestId: '' }).replaceAll(id, 'ID');
    expect(foreign && text(foreign, first.id)).toBe(absent && text(absent, none));
  });

  test('has no job and no service of the first in its lists', async () => {
    for (const path of [
      '/v1/jobs',
      '/v1/jobs?service=echo',
      '/v1/jobs?status=succeeded',
      '/v1/services',
      '/v1/services?name=echo',
    ])
      expect((await callAsOther(path)).body.items, path).toEqual([]);
  });

  test('finds no service of the first, nor its name among suggestions', async () => {
    const responses = [
      await callAsOther('/v1/services/echo'),
      await callAsOther('/v1/services/ecko'),
      await callAsOther('/v1/services/echo/versions/1.0.0'),
      await callAsOther('/v1/services/echo/versions/1.0.0', { method: 'DELETE' }),
      await callAsOther('/v1/services/echo/versions/1.0.0/deprecate', { body: { reason: 'not mine' } }),
      await callAsOther('/v1/jobs', { body: { service: 'echo' } }),
      await callAsOther('/v1/jobs', { body: { service: `${errand.url}/v1/services/echo/versions/1.0.0` } }),
      await callAsOther('/v1/jobs', { body: { service: 'urn:errand:service:echo:1.0.0' } }),
    ];
    for (const response of responses) {
      expectProblem(response, 'service-not-found');
      expect(response.body.suggestions).toEqual([]);
    }
    expect((await errand.call('/v1/services/echo/versions/1.0.0')).body.status).toBe('active');
  });

  test('cannot continue a list of the first', async () => {
    for (const path of ['/v1/jobs', '/v1/services', `/v1/jobs/${first.id}/events`]) {
      const { nextCursor } = (await errand.call(`${path}?limit=1`)).body;
      expect(nextCursor).toEqual(expect.any(String));
      const response = await callAsOther(`${path}?limit=1&cursor=${nextCursor}`);
      expectProblem(response, path.endsWith('/events') ? 'not-found' : 'bad-cursor');
    }
  });

  test('has services of its own under the same name, and jobs of its own', async () => {
    const body = { title: 'The other echo', parameters: {}, dispatcher };
    const path = '/v1/services/echo/versions/1.0.0';
    expect((await callAsOther(path, { method: 'PUT', body })).status).toBe(201);
    expect((await errand.call(path)).body.title).toBe('Echo');
    const own = await submitTo(callAsOther, 'echo');
    expect(own.owner).toBe('somebody');
    expect((await callAsOther('/v1/jobs')).body.items.map(({ id }: JobBody) => id)).toEqual([own.id]);
    expect((await callAsOther(`/v1/jobs/${own.id}/events`)).body.items[0].tenant).toBe(other.holder.tenant);
    expectProblem(await errand.call(`/v1/jobs/${own.id}`), 'not-found');
    const ofFirst = (await errand.call('/v1/jobs')).body.items.map(({ id }: JobBody) => id);
    expect(ofFirst).toContain(first.id);
    expect(ofFirst).not.toContain(own.id);
  });
});

describe('a key', () => {
  const bare = (headers: Readonly<Record<string, string>>) =>
    errand.call('/v1/jobs', { withKey: false, headers });

  test.each<[string, (key: string) => Record<string, string>]>([
    ['Authorization: Bearer', (key) => ({ authorization: `Bearer ${key}` })],
    ['authorization: bearer, with more spaces', (key) => ({ authorization: `bearer   ${key} ` })],
    ['x-api-key', (key) => ({ 'x-api-key': key })],
    ['Api-Key', (key) => ({ 'Api-Key': key })],
    ['x-api-key before Api-Key', (key) => ({ 'x-api-key': key, 'api-key': 'something-else-entirely' })],
    [
      'Authorization before the others',
      (key) => ({ authorization: `Bearer ${key}`, 'x-api-key': other.holder.key }),
    ],
  ])('is read from %s', async (_, headers) => {
    const response = await bare(headers(errand.apiKey));
    expect(response.status).toBe(200);
    expect(response.body.items.length).toBeGreaterThan(0);
  });

  test.each<[string, (key: string) => Record<string, string>]>([
    ['no header', () => ({})],
    ['an empty header', () => ({ 'x-api-key': '' })],
    ['a longer text', (key) => ({ 'x-api-key': `${key}x` })],
    ['a shorter text', (key) => ({ 'x-api-key': key.slice(0, -1) })],
    ['another case', (key) => ({ 'x-api-key': key.toUpperCase() })],
    ['another scheme', (key) => ({ authorization: `Basic ${key}` })],
    ['a scheme without a key', () => ({ authorization: 'Bearer' })],
    ['a bare Authorization', (key) => ({ authorization: key })],
    [
      'a malformed Authorization, though another header contains it',
      (key) => ({ authorization: 'Bearer', 'x-api-key': key }),
    ],
  ])('is missing or wrong with %s', async (_, headers) => {
    const response = await bare(headers(errand.apiKey));
    expectProblem(response, 'unauthenticated');
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="errand"');
  });

  test('is never in a response', async () => {
    const wrong = 'ek_wrong_but_well_formed';
    expect(JSON.stringify((await bare({ 'x-api-key': wrong })).body)).not.toContain(wrong);
  });
});
