import { describe, expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { serveRequest } from '../../../functions/api/serve-request.ts';
import { executingJob } from '../../support/jobs/executing-job.ts';
import { aJob, endedJob } from '../../support/jobs/jobs.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import { type ProxyRequest, proxyEvent } from '../../support/proxy-event.ts';

const path = `/v1/jobs/${aJob().id}/result`;

async function getResult(job: Job, request: ProxyRequest = {}) {
  const known = testDeps();
  const redriveEvents = () => Promise.reject(new Error('not expected'));
  const deps = { ...known, cachedServices: known.services, redriveEvents };
  await deps.jobs.insert(job);
  const { statusCode, headers = {}, body } = await serveRequest(deps, proxyEvent({ path, ...request }));
  const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    status: statusCode,
    headers: new Headers([...given, ['x-request-id', 'of-the-middleware']]),
    body: body === '' ? '' : JSON.parse(body),
    text: body,
  };
}

describe('getResult', () => {
  test('returns null for a job that succeeded without a result', async () => {
    const response = await getResult(endedJob('succeeded'));
    expect(response).toMatchObject({ status: 200, body: null });
    expectDocumented(response, 'getResult');
  });

  test('redirects the caller for a result above 1 MB', async () => {
    const result = { kind: 'object', key: 'tenants/local/large', sizeBytes: 1_048_577 } as const;
    const response = await getResult(endedJob('succeeded', { result }), { headers: { prefer: 'wait=3' } });
    expect(response).toMatchObject({ status: 303, body: '' });
    expect(response.headers.get('location')).toContain(encodeURIComponent(result.key));
    expect(response.headers.get('preference-applied')).toBe('wait=3');
    expectDocumented(response, 'getResult');
  });

  test('returns, without a redirect, an object with the result as it was stored or with its URL', async () => {
    const inBody = { path: `${path}?redirect=false` };
    const json = '{"z":1,"a":1e2}';
    const small = await getResult(endedJob('succeeded', { result: { kind: 'inline', json } }), inBody);
    expect(small).toMatchObject({ status: 200, text: `{"result":${json}}` });
    const stored = { kind: 'object', key: 'tenants/local/large', sizeBytes: 1_048_577 } as const;
    const headers = { prefer: 'wait=3' };
    const large = await getResult(endedJob('succeeded', { result: stored }), { ...inBody, headers });
    const url = expect.stringContaining(encodeURIComponent(stored.key));
    expect(large.body).toEqual({ url, expiresAt: expect.stringMatching(/Z$/) });
    expect([large.status, large.headers.get('preference-applied')]).toEqual([200, 'wait=3']);
    for (const response of [small, large]) expectDocumented(response, 'getResult');
    const unknown = getResult(endedJob('succeeded'), { path: `${path}?redirect=no` });
    await expect(unknown).rejects.toThrow('/redirect: must be one of true, false');
  });

  test.each(['failed', 'error', 'aborted'] as const)(
    'reports why a job that is %s has no result',
    async (status) => {
      const failure = { code: 'lost', detail: 'gone', retryable: true, attempt: 1 } as const;
      const response = await getResult(endedJob(status, { failure }));
      expect(response).toMatchObject({
        status: 409,
        body: { code: 'lost', detail: 'gone', jobStatus: status },
      });
      expectDocumented(
        { ...response, body: { ...response.body, requestId: 'of-the-middleware' } },
        'getResult',
      );
    },
  );

  test('returns the time to poll again while the job runs', async () => {
    const response = await getResult(executingJob(), { headers: { timeout: '0.5' } });
    expect(response).toMatchObject({
      status: 404,
      body: { detail: 'The job has not ended: it is executing' },
    });
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect(response.headers.get('preference-applied')).toBe('wait=0.5');
    expect(response.headers.has('etag')).toBe(false);
  });
});
