import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../functions/docs/content.ts';
import { type DocsRequest, serveDocs } from '../../functions/docs/serve-docs.ts';

const html = 'text/html; charset=utf-8';
const content = contentOf([
  { path: '', mediaType: html, text: '<h1>First</h1>' },
  { path: 'guides/api', mediaType: html, text: '<h1>API</h1>' },
  {
    path: '404',
    mediaType: html,
    text: '<html data-root="./"><a href="./">first</a><script src="./assets/site.js">',
  },
]);

function request(path: string, changes: Partial<DocsRequest> = {}) {
  const response = serveDocs(content, { path, httpMethod: 'GET', headers: {}, ...changes });
  return { ...response, headers: response.headers ?? {} };
}

describe('a page', () => {
  test('is returned with the headers that protect its readers', () => {
    expect(request('/v1/docs/guides/api')).toEqual({
      statusCode: 200,
      body: '<h1>API</h1>',
      headers: {
        'cache-control': 'public, max-age=60',
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'content-type': html,
        etag: expect.stringMatching(/^"[\w-]{22}"$/),
        'referrer-policy': 'no-referrer',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      },
    });
  });

  test('is found below any base path', () => {
    expect(request('/jobs/v1/docs/guides/api').statusCode).toBe(200);
    expect(request('/v1/docs/').body).toBe('<h1>First</h1>');
  });

  test.each(['gzip', 'br, GZIP;q=0.5', '*', 'x-gzip'])(
    'is compressed for a client that accepts %s',
    (encoding) => {
      const { headers, body, isBase64Encoded } = request('/v1/docs/', {
        headers: { 'Accept-Encoding': encoding },
      });
      expect(headers['content-encoding']).toBe('gzip');
      expect(isBase64Encoded).toBe(true);
      expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe('<h1>First</h1>');
    },
  );

  test.each(['identity', 'br', 'gzip;q=0', 'gzip; q=0.0', ''])('is not compressed for %s', (encoding) => {
    const { headers, body } = request('/v1/docs/', { headers: { 'accept-encoding': encoding } });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toBe('<h1>First</h1>');
  });

  test('is not sent again to a client that has it, in the same encoding', () => {
    const etag = String(request('/v1/docs/').headers['etag']);
    const asked = (tags: string, encoding = '') =>
      request('/v1/docs/', { headers: { 'if-none-match': tags, 'accept-encoding': encoding } });
    for (const tags of [etag, `"other", ${etag}`, `W/${etag}`, '*'])
      expect(asked(tags)).toMatchObject({ statusCode: 304, body: '', headers: { etag } });
    expect(asked('"other"').statusCode).toBe(200);
    expect(asked(etag, 'gzip').statusCode).toBe(200);
  });

  test('has the same headers for HEAD, without a body', () => {
    const headers = { 'accept-encoding': 'gzip' };
    const head = request('/v1/docs/', { httpMethod: 'HEAD', headers });
    expect(head).toMatchObject({ statusCode: 200, body: '' });
    expect(head.headers).toEqual(request('/v1/docs/', { headers }).headers);
  });
});

describe('another address', () => {
  test.each([
    ['/v1/docs', 'https://host/live/v1/docs', 'https://host/live/v1/docs/'],
    ['/v1/docs/guides/api/', 'https://host/live/v1/docs/guides/api/', 'https://host/live/v1/docs/guides/api'],
  ])('%s is redirected relative to its URL', (path, url, expected) => {
    const { statusCode, headers } = request(path);
    expect(statusCode).toBe(308);
    expect(new URL(String(headers['location']), url).href).toBe(expected);
  });

  test.each([
    'none',
    'guides/none',
    'guides/api/more/',
    '404',
    '../openapi.json',
    'guides//api',
    '__proto__',
  ])('%s is not found, and the links of the response lead to the site', (path) => {
    const url = `https://host/live/v1/docs/${path.replace('..', 'x')}`;
    const { statusCode, body, headers } = request(`/v1/docs/${path.replace('..', 'x')}`);
    expect(statusCode).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    for (const [, link = ''] of body.matchAll(/(?:href|src|data-root)="([^"]*)"/g))
      expect(new URL(link, url).href).toMatch(/^https:\/\/host\/live\/v1\/docs\/(?:assets\/site.js)?$/);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('cannot be called with %s', (httpMethod) => {
    const { statusCode, headers, body } = request('/v1/docs/', { httpMethod });
    expect(statusCode).toBe(405);
    expect(headers).toMatchObject({ allow: 'GET, HEAD', 'content-type': 'application/problem+json' });
    expect(JSON.parse(body)).toMatchObject({ type: 'https://errand.dev/problems/method-not-allowed' });
  });
});
