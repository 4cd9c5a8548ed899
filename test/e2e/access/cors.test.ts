import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exposedHeaders } from '../../../functions/_shared/http/cors.ts';
import { expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startOwnErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';

const page = 'https://console.example.com';
const otherPage = 'https://other.example.com';
const corsOrigins = [page, otherPage];

let errand: TestErrand;
beforeAll(async () => {
  errand = await startOwnErrand({ corsOrigins });
}, 120_000);
afterAll(() => errand?.end());

function from(origin: string, path: string, { headers = {}, ...call }: Call = {}): Promise<ApiResponse> {
  return errand.call(path, { ...call, headers: { origin, ...headers } });
}

/** What a browser sends before a request with a key: no key, and the names of the headers. */
function preflight(origin: string, path: string, method = 'GET'): Promise<ApiResponse> {
  const asked = {
    'access-control-request-method': method,
    'access-control-request-headers': 'x-api-key,prefer',
  };
  return from(origin, path, { method: 'OPTIONS', withKey: false, headers: asked });
}

const corsNames = ({ headers }: ApiResponse) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

function expectReadable(response: ApiResponse, origin: string): void {
  expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
}

describe('a preflight request without a key', () => {
  test.each([
    '/v1/jobs',
    '/v1/jobs/batch',
    '/v1/jobs/x/events',
    '/v1/me',
    '/v1/health',
    '/v1/no/such/route',
    '/',
  ])('to %s is allowed for each configured origin', async (path) => {
    for (const origin of corsOrigins) {
      const response = await preflight(origin, path, 'PATCH');
      expect([response.status, response.body]).toEqual([204, '']);
      expectReadable(response, origin);
      expect(response.headers.get('access-control-allow-methods')?.split(', ')).toContain('PATCH');
      expect(response.headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toEqual(
        expect.arrayContaining(['x-api-key', 'authorization', 'last-event-id', 'idempotency-key']),
      );
      expect(response.headers.get('access-control-max-age')).toBe('7200');
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });

  test('of a loopback origin that is not configured gets no permission', async () => {
    const response = await preflight('http://localhost:5173', '/v1/jobs');
    expectProblem(response, 'method-not-allowed');
    expect(corsNames(response)).toEqual([]);
    expect(response.headers.get('vary')).toBe('Origin');
  });

  test.each(['https://attacker.example', `${page}.attacker.example`, 'http://console.example.com', 'null'])(
    'of the origin %s does not reach the service of this machine',
    async (origin) => {
      const response = await preflight(origin, '/v1/jobs');
      expect([response.status, corsNames(response)]).toEqual([403, []]);
    },
  );

  test('gets no permission for the routes of workers', async () => {
    const response = await preflight(page, '/v1/worker/jobs/x/heartbeat', 'POST');
    expect(corsNames(response)).toEqual([]);
  });

  test('does not replace the key of the request itself', async () => {
    expectProblem(await from(page, '/v1/jobs', { withKey: false }), 'unauthenticated');
  });
});

describe('a page of a configured origin', () => {
  test.each(corsOrigins)('%s can read responses with their headers', async (origin) => {
    const body = { service: 'echo', parameters: { a: 1 } };
    const headers = { prefer: 'wait=20', 'idempotency-key': `key-of-${origin.length}` };
    const submitted = await from(origin, '/v1/jobs', { body, headers });
    expect(submitted.body.status).toBe('succeeded');
    for (const name of ['location', 'preference-applied', 'x-request-id', 'etag'])
      expect(submitted.headers.has(name), name).toBe(true);
    const repeated = await from(origin, '/v1/jobs', { body, headers });
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    const job = await from(origin, `/v1/jobs/${submitted.body.id}`);
    const known = { 'if-none-match': job.headers.get('etag') ?? '' };
    const unchanged = await from(origin, `/v1/jobs/${submitted.body.id}`, { headers: known });
    expect(unchanged.status).toBe(304);
    for (const response of [submitted, repeated, job, unchanged]) {
      expectReadable(response, origin);
      expect(response.headers.get('access-control-expose-headers')).toBe(exposedHeaders);
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });

  test('can read the problems of the functions', async () => {
    const missing = await from(page, '/v1/jobs/0199c0de-0000-7000-8000-000000000000');
    expectProblem(missing, 'not-found');
    const unknown = await from(page, '/v1/no/such/route');
    expectProblem(unknown, 'not-found');
    const wrong = await from(page, '/v1/me', { method: 'DELETE' });
    expectProblem(wrong, 'method-not-allowed');
    const large = await from(page, '/v1/jobs', { body: `"${'x'.repeat(1_048_577)}"` });
    expectProblem(large, 'body-too-large');
    for (const response of [missing, unknown, wrong, large]) expectReadable(response, page);
  });

  test('can read the problems of API Gateway itself, which name no single one of several origins', async () => {
    const refused = await from(page, '/v1/jobs', { withKey: false });
    expectProblem(refused, 'unauthenticated');
    const large = await from(page, '/v1/jobs', { body: `"${'x'.repeat(10 * 1024 * 1024)}"` });
    expectProblem(large, 'body-too-large');
    const heal = errand.cloud.faults.add({ service: 'dynamodb', kind: 'throttle' });
    const failed = await from(page, '/v1/jobs', {
      withKey: false,
      headers: { 'x-api-key': 'a-key-that-is-not-cached' },
    }).finally(heal);
    expectProblem(failed, 'unavailable');
    for (const response of [refused, large, failed]) {
      expectReadable(response, '*');
      expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
    }
  });

  test('can follow the event stream of a job with fetch', async () => {
    const { body: job } = await from(page, '/v1/jobs', { body: { service: 'echo' } });
    const headers = { origin: page, 'x-api-key': errand.apiKey, accept: 'text/event-stream' };
    const response = await fetch(`${errand.url}/v1/jobs/${job.id}/events`, { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('access-control-allow-origin')).toBe(page);
    expect(response.headers.get('vary')).toBe('Accept, Origin');
    expect(await response.text()).toContain('event: end');
  });

  test('cannot read what the routes of workers return', async () => {
    const path = '/v1/worker/jobs/0199c0de-0000-7000-8000-000000000000/heartbeat';
    const response = await from(page, path, { method: 'POST' });
    expect([response.status, corsNames(response)]).toEqual([401, []]);
  });
});

test('a function URL refuses every foreign origin, also a configured one', async () => {
  expect(await statusOf('/_url/abc/', page)).toBe(403);
  expect(await statusOf('/_url/abc/', 'http://localhost:5173')).toBe(404);
});

test('a host other than this machine is refused, whatever the origin', async () => {
  expect(await statusOf('/v1/health', page, 'console.example.com')).toBe(421);
});

/** `fetch` sets the host itself. */
function statusOf(path: string, origin: string, host = '127.0.0.1'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${errand.url}${path}`, { headers: { host, origin } }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
