import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../bin/open-api/open-api-document.ts';
import { matchRoute } from '../../core/contract/http/match-route.ts';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import { problemsOf, type Route, requiresKey, scopes } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import document from '../../docs/openapi.json' with { type: 'json' };
import { operations } from '../../functions/api/operations.ts';

const all: readonly Route[] = routes;
const byName = all.map((route) => [route.operationId, route] as const);
const queryNames = ({ query }: Route) => Object.keys(query._zod.def.shape);

const root = new URL('../../', import.meta.url).pathname;

function filesBelow(folder: string): readonly string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root });
}

/** Public routes that describe the API itself; they have no use case in the core. */
const ofTheApiItself = ['getHealth', 'getOpenApi'];

test('the committed document equals the output of the route table', () => {
  expect(openApiDocument(document.info.version)).toEqual(document);
});

test('every operation except the streamed ones is served by the function of all routes, and by no other function', () => {
  const whole = all.filter(({ servedBy }) => servedBy === 'api').map(({ operationId }) => operationId);
  expect(Object.keys(operations).sort()).toEqual(whole.sort());
});

test('no two operations share a name, or a method and path', () => {
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
});

/** Scopes whose routes come later. */
const withoutRoute = ['events:read', 'webhooks:read', 'webhooks:write'];

test('every scope is required by some route, and every problem can be returned by some route', () => {
  expect(new Set([...all.flatMap(({ scope }) => scope ?? []), ...withoutRoute])).toEqual(new Set(scopes));
  // These belong to no single operation, or to none yet.
  const elsewhere = ['method-not-allowed'];
  const reachable = new Set<string>([...all.flatMap(problemsOf), ...elsewhere]);
  expect(reachable).toEqual(new Set(Object.keys(problemTypes)));
});

describe.each(byName)('%s', (name, route) => {
  test('is found by its method and path', () => {
    const path = route.path.replaceAll(/\{\w+\}/g, 'some-name');
    expect(matchRoute(route.method, path)).toMatchObject({ kind: 'route', route: { operationId: name } });
  });

  test('has one use case of its name in the core, and a test that calls it', () => {
    if (ofTheApiItself.includes(name)) return expect(route.scope).toBeUndefined();
    const file = `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
    const sources = filesBelow('core').filter((path) => path.endsWith(`/${file}`));
    expect(sources).toHaveLength(1);
    expect(readFileSync(`${root}${sources[0]}`, 'utf8')).toContain(`export async function ${name}(`);
    const callers = filesBelow('test/core').filter(
      (path) => path.endsWith('.test.ts') && readFileSync(`${root}${path}`, 'utf8').includes(`${name}(`),
    );
    expect(callers).not.toEqual([]);
  });

  test('lists the problems that its form implies', () => {
    const expected = [
      'invalid-request',
      'internal',
      ...(requiresKey(route) ? ['unauthenticated', 'forbidden', 'rate-limited', 'unavailable'] : []),
      ...(route.requiresWorkerToken === true
        ? ['unauthenticated', 'stale-attempt', 'rate-limited', 'unavailable']
        : []),
      ...(route.body === undefined ? [] : ['invalid-json', 'body-too-large', 'unsupported-media-type']),
      // The cursor of a list of parts is the number of a part.
      ...(queryNames(route).includes('cursor') && !queryNames(route).includes('from') ? ['bad-cursor'] : []),
      // A worker never learns whether a job exists.
      ...(route.path.includes('{id}') && route.requiresWorkerToken !== true ? ['not-found'] : []),
    ];
    expect(route.problems).toEqual(expect.arrayContaining(expected));
    expect(new Set(route.problems).size).toBe(route.problems.length);
  });

  test('lists the headers that its form implies', () => {
    const headersOf = (status: number) => route.responses[status]?.headers ?? [];
    // A stream and a validation do not wait, and only they get 204 from a route that waits.
    const headerLists = Object.entries(route.responses)
      .filter(([status]) => status !== '204' || route.supportsLongPoll !== true)
      .map(([, { headers = [] }]) => headers);
    if (queryNames(route).includes('cursor')) expect(headersOf(200)).toContain('Link');
    if (route.responses[201] !== undefined) expect(headersOf(201)).toContain('Location');
    for (const headers of headerLists) {
      if (route.supportsLongPoll === true) expect(headers).toContain('Preference-Applied');
      else expect(headers).not.toContain('Preference-Applied');
    }
  });

  test('evaluates preconditions if and only if it reads or writes one entity with a tag', () => {
    const isWrite = route.method !== 'GET';
    const isOfOneThing = route.path.includes('{') && route.requiresWorkerToken !== true;
    expect(route.conditional === true).toBe(isWrite && isOfOneThing);
    expect(problemsOf(route).includes('precondition-failed')).toBe(!isWrite || isOfOneThing);
  });

  test('requires a key, the token of an attempt, or no credentials', () => {
    expect(route.requiresWorkerToken === true).toBe(route.path.startsWith('/v1/worker/'));
    if (route.requiresWorkerToken === true) expect(requiresKey(route)).toBe(false);
    if (route.requiresAnyKey === true) expect(route.scope).toBeUndefined();
  });

  test('accepts a body only where its method has one', () => {
    if (route.method === 'GET' || route.method === 'DELETE') expect(route.body).toBeUndefined();
    else expect(route.body).toBeDefined();
  });
});
