import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.end());

describe('the documentation', () => {
  test('is served without a key, at its address with and without a slash', async () => {
    for (const path of ['/v1/docs', '/v1/docs/']) {
      const response = await fetch(`${errand.url}${path}`);
      expect(response.url).toBe(`${errand.url}/v1/docs/`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await response.text()).toContain('<h1 id="errand">Errand</h1>');
    }
  });

  test('has compressed pages, scripts and styles, which a client that has them does not load again', async () => {
    for (const path of ['guides/api', 'assets/site.js', 'assets/site.css', 'assets/search.json']) {
      const url = `${errand.url}/v1/docs/${path}`;
      const first = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
      expect(first.headers.get('content-encoding'), path).toBe('gzip');
      expect((await first.text()).length, path).toBeGreaterThan(1000);
      const headers = { 'accept-encoding': 'gzip', 'if-none-match': first.headers.get('etag') ?? '' };
      expect((await fetch(url, { headers })).status, path).toBe(304);
    }
  });

  test('describes the problem of a response', async () => {
    const { body } = await errand.call('/v1/jobs/none');
    const { pathname } = new URL(body.type);
    const page = await fetch(`${errand.url}/v1/docs${pathname}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(body.title);
  });

  test('has no page at any other path, and no way out of it', async () => {
    for (const path of ['none', 'a/b/c', '%2e%2e/jobs', '..%2fjobs', 'site.json.br', 'index.mjs'])
      expect((await fetch(`${errand.url}/v1/docs/${path}`)).headers.get('content-type'), path).toMatch(
        /^(?:text\/html|application\/problem\+json)/,
      );
    expect((await fetch(`${errand.url}/v1/docs/none`)).status).toBe(404);
  });

  test('can only be read', async () => {
    const response = await fetch(`${errand.url}/v1/docs/`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${errand.url}/v1/docs/`, { method: 'HEAD' })).status).toBe(200);
  });
});
