import { describe, expect, test } from 'vitest';
import { matchRoute } from '../../../../core/contract/http/match-route.ts';
import { routes } from '../../../../core/contract/routes/routes.ts';

function operationOf(method: string, path: string) {
  const match = matchRoute(method, path);
  return match.kind === 'route' ? { operation: match.route.operationId, params: match.params } : match;
}

describe('matchRoute', () => {
  test.each(routes.map((route) => [route.operationId, route] as const))(
    'finds %s by its own path',
    (_, route) => {
      const match = matchRoute(route.method, route.path.replaceAll(/\{(\w+)\}/g, 'the-$1'));
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(match).toEqual({
        kind: 'route',
        route,
        params: Object.fromEntries(names.map((name) => [name, `the-${name}`])),
      });
    },
  );

  test('decodes each segment once', () => {
    expect(operationOf('GET', '/v1/services/a%20b%2Fc%252F')).toEqual({
      operation: 'getService',
      params: { name: 'a b/c%2F' },
    });
    expect(operationOf('GET', '/v1/services/echo/versions/1.0.0%2Bb')).toMatchObject({
      params: { name: 'echo', version: '1.0.0+b' },
    });
  });

  test.each([
    '',
    '/',
    '/v1',
    'v1/health',
    '/v1/health/',
    '//v1/health',
    '/v1//health',
    '/V1/health',
    '/v1/jobs/',
    '/v1/services/',
    '/v1/jobs//result',
    '/v1/services//versions/1.0.0',
    '/v1/services/echo/versions/',
    '/v1/jobs/a/b',
    '/v1/jobs/%',
    '/v1/jobs/%zz',
    '/v1/jobs/%C3',
    '/v1/jobs%2Fx',
    '/v2/jobs',
  ])('finds nothing at %j', (path) => {
    expect(matchRoute('GET', path).kind).toBe('unknown');
  });

  test.each([
    ['DELETE', '/v1/jobs', ['POST', 'GET']],
    ['PUT', '/v1/jobs/x', ['GET', 'PATCH', 'DELETE']],
    ['GET', '/v1/jobs/batch', ['POST']],
    ['get', '/v1/health', ['GET']],
    ['HEAD', '/v1/health', ['GET']],
    ['GET', '/v1/services/a/versions/1.0.0/deprecate', ['POST']],
    ['POST', '/v1/services/a/versions/1.0.0', ['GET', 'PUT', 'DELETE']],
  ])('reports the methods that %s %s lacks', (method, path, allowed) => {
    const match = matchRoute(method, path);
    expect(match).toEqual({ kind: 'wrong-method', allowed: expect.any(Array) });
    expect('allowed' in match ? [...match.allowed].sort() : []).toEqual([...allowed].sort());
  });

  test('does not read an inherited member of an object as a parameter', () => {
    expect(operationOf('GET', '/v1/jobs/__proto__')).toEqual({
      operation: 'getJob',
      params: { id: '__proto__' },
    });
  });
});

describe('the route table', () => {
  test('has no two routes for one method and path', () => {
    const all = routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
    expect(new Set(all).size).toBe(all.length);
  });

  test('names each operation once', () => {
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });
});
