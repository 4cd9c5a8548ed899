import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.end());

async function register(name: string, parameters: object, version = '1.0.0') {
  const body = { parameters, dispatcher };
  const path = `/v1/services/${name}/versions/${encodeURIComponent(version)}`;
  return expectDocumented(await errand.call(path, { method: 'PUT', body }), 'registerService');
}

/** The largest number of errors that a body of 1 MB can have, and one name that is as long as a body. */
const floods = [
  Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`k${index}`, 1])),
  { ['~'.repeat(1_000_000)]: 1 },
];

describe('a body that has more errors than a response can list', () => {
  const id = jobIdAt(1);
  test.each([
    ['POST', '/v1/jobs'],
    ['POST', '/v1/jobs/batch'],
    ['PATCH', `/v1/jobs/${id}`],
    ['POST', `/v1/jobs/${id}/rerun`],
    ['POST', `/v1/jobs/${id}/abort`],
    ['PUT', '/v1/services/flooded/versions/1.0.0'],
    ['POST', '/v1/services/echo/versions/1.0.0/deprecate'],
  ])('is refused by %s %s with the first of them', async (method, path) => {
    for (const body of floods) {
      const response = await errand.call(path, { method, body });
      expectProblem(response, 'invalid-request');
      expect(response.body.errors.length).toBeGreaterThan(0);
      expect(JSON.stringify(response.body).length).toBeLessThan(200_000);
    }
  });
});

test('a path that cannot be decoded matches no route, whichever function gets it', async () => {
  for (const path of ['', '/start', '/rerun', '/abort', '/result'])
    for (const id of ['%', '%zz', '%ff']) {
      const method = path === '' || path === '/result' ? 'GET' : 'POST';
      expectProblem(await errand.call(`/v1/jobs/${id}${path}`, { method }), 'not-found');
    }
  expectProblem(await errand.call('/v1/worker/jobs/%/children', { method: 'POST' }), 'not-found');
});

test('a pattern that would run forever on a long text is stopped, and the service continues', async () => {
  expect((await register('slow', { properties: { a: { pattern: '^.*.*.*.*=.*$' } } })).status).toBe(201);
  const body = { service: 'slow', parameters: { a: 'a'.repeat(20_000) } };
  const response = await errand.call('/v1/jobs?validateOnly=true', { body });
  expectProblem(response, 'invalid-parameters');
  expect(response.body.detail).toMatch(/too much time/);
  const good = { service: 'slow', parameters: { a: 'a=b' } };
  expect((await errand.call('/v1/jobs?validateOnly=true', { body: good })).status).toBe(204);
});

test('a version that cannot be compared is refused, and the others of its name stay readable', async () => {
  expect((await register('compared', {})).status).toBe(201);
  expectProblem(await register('compared', {}, '9007199254740993.0.0'), 'invalid-request');
  expect((await errand.call('/v1/services/compared')).body.versions).toHaveLength(1);
  const response = await errand.call('/v1/jobs', { body: { service: 'compared@>0' } });
  expect(response.status).toBe(202);
});

test('a body that is not sent as UTF-8 JSON is refused with a readable message', async () => {
  const lies = [{ 'content-encoding': 'gzip' }, { 'content-type': 'application/json; charset=utf-16' }];
  for (const headers of lies) {
    const response = await errand.call('/v1/jobs', { body: { service: 'echo' }, headers });
    expectProblem(response, 'unsupported-media-type');
  }
});

describe('the versions of a service', () => {
  test('are returned in pages, each with the URL of the next', async () => {
    for (const version of ['1.0.0', '2.0.0', '10.0.0']) await register('paged', {}, version);
    const seen: string[] = [];
    let path: string | undefined = '/v1/services/paged?limit=2';
    while (path !== undefined) {
      const response = expectDocumented(await errand.call(path), 'getService');
      seen.push(...response.body.versions.map(({ version }: { readonly version: string }) => version));
      const next: string | undefined = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      expect(next === undefined).toBe(response.body.nextCursor === undefined);
      path = next?.slice(errand.url.length);
    }
    expect(seen).toEqual(['10.0.0', '2.0.0', '1.0.0']);
  });

  test('are readable at any total size', async () => {
    // 65,020 bytes of JSON, which are 130,000 in a text within the response.
    const description = '"'.repeat(32_500);
    for (let index = 0; index < 60; index += 1)
      expect((await register('large', { description }, `${index}.0.0`)).status).toBe(201);
    const large = Array.from({ length: 60 }, (_, index) => `${59 - index}.0.0`);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body, status } = await errand.call(`/v1/services/large?limit=1000${cursor}`);
      expect(status).toBe(200);
      seen.push(...body.versions.map(({ version }: { readonly version: string }) => version));
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(large);
  });
});
