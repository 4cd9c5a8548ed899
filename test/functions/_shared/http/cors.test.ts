import { globSync, readFileSync } from 'node:fs';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../../../core/contract/routes/route.ts';
import { routes } from '../../../../core/contract/routes/routes.ts';
import { allowedOrigin, corsHeaders, exposedHeaders } from '../../../../functions/_shared/http/cors.ts';
import { responseHeaders } from '../../../../functions/_shared/http/response-headers.ts';
import { preflightResponse, requestHeaders } from '../../../../functions/api/preflight.ts';
import { proxyEvent } from '../../../support/proxy-event.ts';

const first = 'https://first.example';
const second = 'http://second.example:8080';
const origins = `${first} ${second}`;
const from = (origin: string, path = '/v1/jobs') => proxyEvent({ path, headers: { Origin: [origin] } });

describe('the headers for web pages', () => {
  test.each([first, second])('name only the origin %s of the request, if it is allowed', (origin) => {
    expect(corsHeaders(from(origin), origins)).toEqual({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': exposedHeaders,
      Vary: 'Origin',
    });
  });

  test.each([
    'https://other.example',
    'https://first.example.attacker.example',
    'https://first',
    'https://first.example:443',
    'null',
    '',
    origins,
  ])('do not name the origin %j', (origin) => {
    expect(corsHeaders(from(origin), origins)).toEqual({ Vary: 'Origin' });
  });

  test('name every origin if every one is allowed, so that a response does not depend on it', () => {
    const headers = corsHeaders(from('https://other.example'), '*');
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
    expect(headers).not.toHaveProperty('Vary');
  });

  test.each([undefined, ''])('are none if no origin is allowed: %j', (none) => {
    expect(corsHeaders(from(first), none)).toEqual({});
    expect(corsHeaders(from(''), none)).toEqual({});
  });

  test.each(['*', origins])('name no origin on a route of workers, with the setting %j', (setting) => {
    expect(allowedOrigin(from(first, '/v1/worker/jobs/x/heartbeat'), setting)).toBeUndefined();
  });

  test('expose every header that the API documents', () => {
    const all: readonly Route[] = routes;
    const documented = all.flatMap((route) =>
      Object.values(route.responses).flatMap((it) => it.headers ?? []),
    );
    for (const name of ['ETag', 'WWW-Authenticate', 'x-request-id', ...documented])
      expect(exposedHeaders.split(', ')).toContain(name);
  });

  test('keep what else a response varies by', async () => {
    const handler = middy()
      .use(responseHeaders(origins))
      .handler(() => ({ statusCode: 200, body: '', headers: { Vary: 'Accept' } }));
    // The middleware reads nothing of the context.
    const { headers } = await handler(from(first), {} as Context);
    expect(headers).toMatchObject({ Vary: 'Accept, Origin', 'Access-Control-Allow-Origin': first });
  });
});

describe('a preflight request', () => {
  const preflight = (origin: string, method = 'OPTIONS') => ({
    ...proxyEvent({ headers: { origin: [origin], 'access-control-request-method': ['PATCH'] } }),
    httpMethod: method,
  });

  test('gets the methods and headers of the API', () => {
    expect(preflightResponse(preflight(first), origins)).toEqual({
      statusCode: 204,
      body: '',
      headers: {
        'Access-Control-Allow-Methods': expect.stringContaining('PATCH'),
        'Access-Control-Allow-Headers': expect.stringContaining('Authorization'),
        'Access-Control-Max-Age': '7200',
      },
    });
  });

  test('allows every method of the route table', () => {
    const allowed = preflightResponse(preflight(first), '*')?.headers?.['Access-Control-Allow-Methods'];
    const methods = new Set(['HEAD', ...routes.map(({ method }) => method)]);
    expect(String(allowed).split(', ')).toEqual([...methods].toSorted());
  });

  test('is only an OPTIONS request with a method and an allowed origin', () => {
    expect(preflightResponse(preflight('https://other.example'), origins)).toBeUndefined();
    expect(preflightResponse(preflight(first), undefined)).toBeUndefined();
    expect(preflightResponse(preflight(first, 'GET'), origins)).toBeUndefined();
    expect(preflightResponse({ ...from(first), httpMethod: 'OPTIONS' }, origins)).toBeUndefined();
  });

  test('allows every header that the functions of the API read', () => {
    const files = globSync('{functions/{_shared,api,live,submit},core/access}/**/*.ts');
    const read = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b(?:header|headerOf)\(\w+, '([a-z-]+)'\)/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(read).toEqual(expect.arrayContaining(['prefer', 'if-match', 'x-api-key', 'last-event-id']));
    // A browser sends these itself, and a content coding is always rejected.
    const others = [
      'content-length',
      'host',
      'origin',
      'x-forwarded-proto',
      'access-control-request-method',
      'content-encoding',
    ];
    const allowed = new Set(requestHeaders.map((name) => name.toLowerCase()));
    expect(read.filter((name) => !allowed.has(name) && !others.includes(name))).toEqual([]);
  });
});
