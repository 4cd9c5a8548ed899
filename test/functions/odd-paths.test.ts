import { describe, expect, test } from 'vitest';
import type { ApiDeps } from '../../functions/api/operation.ts';
import { serveRequest as api } from '../../functions/api/serve-request.ts';
import { getEventsOperation, type LiveDeps } from '../../functions/live/get-events.ts';
import type { NewJobDeps } from '../../functions/submit/new-job-request.ts';
import { serveRequest as submit } from '../../functions/submit/serve-request.ts';
import { type WorkerRouteDeps, serveRequest as worker } from '../../functions/worker/serve-request.ts';
import { proxyEvent } from '../support/proxy-event.ts';

/** This value is never read: a path that matches no route is refused before anything is read. */
const nothing: unknown = {};

const functions = {
  api: (path: string) => api(nothing as ApiDeps, proxyEvent({ path })),
  live: (path: string) => getEventsOperation(nothing as LiveDeps, proxyEvent({ path })),
  submit: (path: string) => submit(nothing as NewJobDeps, proxyEvent({ path, method: 'POST' })),
  worker: (path: string) => worker(nothing as WorkerRouteDeps, proxyEvent({ path, method: 'POST' })),
};

const id = '0199c0de-0000-7000-8000-000000000000';
const paths = [
  '/',
  '//',
  '',
  '/v1/jobs/',
  '/v1//jobs',
  '//v1/jobs',
  `/v1/jobs/${id}/events/`,
  `/v1/jobs/${id}/rerun/`,
  '/v1/jobs//events',
  '/v1/jobs/%zz/events',
  '/v1/jobs/%ff/rerun',
  '/v1/jobs/%/start',
  '/v1/jobs/%E0%A4%A',
  '/v1/jobs/batch/',
  '/v1/jobs/../events/',
  '/v1/./jobs',
  `/v1/jobs%2F${id}`,
  `/v1/jobs/${id}/events%2F`,
  `/v1/jobs/${'x'.repeat(9000)}/`,
  `/v1/worker/jobs/${id}/complete/`,
  '/v1/worker/jobs/%ff/complete',
  '/v1/worker/jobs//complete',
];

describe.each(Object.keys(functions) as (keyof typeof functions)[])('the function %s', (name) => {
  test.each(paths)('refuses the odd path %# as not found', async (path) => {
    await expect(functions[name](path)).rejects.toMatchObject({ slug: 'not-found' });
  });
});

test.each(['..', '%2F', '%2e%2e', '%00', 'x'.repeat(9000), '%F0%9F%98%80'])(
  'the functions that serve jobs refuse the odd ID %# as not found',
  async (odd) => {
    const refusal = { slug: 'not-found' };
    await expect(functions.live(`/v1/jobs/${odd}/events`)).rejects.toMatchObject(refusal);
    await expect(functions.submit(`/v1/jobs/${odd}/rerun`)).rejects.toMatchObject(refusal);
    await expect(functions.api(`/v1/jobs/${odd}`)).rejects.toMatchObject(refusal);
  },
);

test('a path of another function that is percent-encoded without need is not found', async () => {
  const response = api(nothing as ApiDeps, proxyEvent({ path: '/v1/jobs/b%61tch', method: 'POST' }));
  await expect(response).rejects.toMatchObject({ slug: 'not-found' });
});
