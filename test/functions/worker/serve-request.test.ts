import type { APIGatewayProxyResult } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { routes } from '../../../core/contract/routes/routes.ts';
import { serveRequest, type WorkerRouteDeps } from '../../../functions/worker/serve-request.ts';
import { workerPaths } from '../../../functions/worker/worker-paths.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { proxyEvent } from '../../support/proxy-event.ts';

/** Fails the test at the first use of any member. */
const untouched = new Proxy(
  {},
  {
    get: (_target, name) => {
      throw new Error(`${String(name)} was used`);
    },
  },
);
const submitted: APIGatewayProxyResult = { statusCode: 202, body: '' };
const deps: WorkerRouteDeps = {
  // The proxy replaces everything that a report may need.
  attemptDeps: untouched as WorkerRouteDeps['attemptDeps'],
  submitChild: async () => submitted,
};
const at = (path: string) => path.replace('{id}', jobIdAt(1));

describe('the function for workers', () => {
  test('serves the worker routes of the route table, and no other', () => {
    const table = routes.flatMap((route) =>
      'requiresWorkerToken' in route ? [[route.operationId, [route.method, route.path]]] : [],
    );
    expect(workerPaths).toEqual(Object.fromEntries(table));
    expect(table).toHaveLength(11);
  });

  test.each(Object.values(workerPaths).filter(([, path]) => !path.endsWith('/children')))(
    'refuses %s %s without a well-formed token, and calls no service',
    async (method, path) => {
      for (const authorization of [
        '',
        'Bearer',
        'Bearer ew_x',
        'Bearer ew_!.x',
        'Bearer er_a.b',
        'Basic a',
      ]) {
        const event = proxyEvent({ method, path: at(path), headers: { authorization } });
        expect(await serveRequest(deps, event), authorization).toMatchObject({ statusCode: 401 });
      }
    },
  );

  test('delegates the submission of sub-jobs to its dependency', async () => {
    const event = proxyEvent({ method: 'POST', path: at(workerPaths.submitChild[1]) });
    expect(await serveRequest(deps, event)).toBe(submitted);
  });

  test('reports which method is served, and serves no other path', async () => {
    const wrong = proxyEvent({ method: 'POST', path: at(workerPaths.getWorkerParameters[1]) });
    await expect(serveRequest(deps, wrong)).rejects.toMatchObject({
      slug: 'method-not-allowed',
      headers: { Allow: 'GET, HEAD' },
    });
    for (const path of ['/', '/v1/jobs', '/v1/worker/jobs', at('/v1/worker/jobs/{id}/more'), '/%'])
      await expect(serveRequest(deps, proxyEvent({ method: 'POST', path }))).rejects.toMatchObject({
        slug: 'not-found',
      });
  });
});
