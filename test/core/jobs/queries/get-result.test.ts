import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { getRequest } from '../../../../core/jobs/queries/get-request.ts';
import { getResult } from '../../../../core/jobs/queries/get-result.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { aJob, endedJob } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

const key = { tenant: 'local', jobId: aJob().id };
const failure = { code: 'lost', detail: 'gone', retryable: true, attempt: 1 } as const;

async function depsWith(job: Job) {
  const deps = testDeps();
  await deps.jobs.insert(job);
  return deps;
}

describe('getResult', () => {
  test('returns the result, and null when the service returned none', async () => {
    const result = { kind: 'inline', json: '{"rows":7}' } as const;
    expect(await getResult(await depsWith(endedJob('succeeded', { result })), key)).toEqual({
      kind: 'value',
      json: '{"rows":7}',
    });
    expect(await getResult(await depsWith(endedJob('succeeded')), key)).toEqual({
      kind: 'value',
      json: 'null',
    });
  });

  test('returns up to 1 MiB inline and larger results by URL', async () => {
    const result = { kind: 'object', key: 'tenants/local/r', sizeBytes: 1_048_576 } as const;
    const whole = await depsWith(endedJob('succeeded', { result }));
    const json = `"${'x'.repeat(result.sizeBytes - 2)}"`;
    await whole.objects.put(result.key, json);
    expect(await getResult(whole, key)).toEqual({ kind: 'value', json });
    const larger = await depsWith(endedJob('succeeded', { result: { ...result, sizeBytes: 1_048_577 } }));
    expect(await getResult(larger, key)).toEqual({
      kind: 'url',
      url: expect.stringContaining(encodeURIComponent(result.key)),
      expiresAt: new Date(larger.clock.now() + 900_000).toISOString(),
    });
  });

  test.each([
    ['text/csv; charset=utf-8', 'text/csv; charset=utf-8', true],
    ['application/vnd.rows+json', 'application/vnd.rows+json', false],
    ['text/html', 'application/octet-stream', false],
    ['image/svg+xml; charset=utf-8', 'application/octet-stream', false],
    ['no media type', 'application/octet-stream', false],
    // Larger than what is returned inline. The worker may have uploaded it with another type.
    [undefined, 'application/json', true],
  ])('returns a result of the type %s by a URL that serves %s', async (mediaType, served, isInline) => {
    const object = { kind: 'object', key: 'tenants/local/r', sizeBytes: 1_048_577 } as const;
    const result = mediaType === undefined ? object : { ...object, mediaType };
    expect(await getResult(await depsWith(endedJob('succeeded', { result })), key)).toMatchObject({
      kind: 'url',
      url: expect.stringContaining(`type=${encodeURIComponent(served)}&inline=${isInline}`),
    });
  });

  test.each(['failed', 'error', 'aborted'] as const)(
    'explains why a job that is %s has no result',
    async (status) => {
      const job = endedJob(status, { failure });
      expect(await getResult(await depsWith(job), key)).toEqual({ kind: 'none', job, failure });
    },
  );

  test('returns the job itself while it runs, as just read or as the caller knows it', async () => {
    const job = executingJob();
    const deps = await depsWith(job);
    expect(await getResult(deps, key)).toEqual({ kind: 'unfinished', job });
    const known = { ...job, attempt: 7 };
    expect(await getResult(deps, key, known)).toEqual({ kind: 'unfinished', job: known });
  });

  test('finds neither an unknown job nor a job of another tenant', async () => {
    const deps = await depsWith(endedJob('succeeded'));
    const notFound = expect.objectContaining({ slug: 'not-found' });
    await expect(getResult(deps, { ...key, tenant: 'other' })).rejects.toThrow(notFound);
    await expect(getRequest(deps, { ...key, tenant: 'other' })).rejects.toThrow(notFound);
  });
});

describe('getRequest', () => {
  test('returns the submitted request, without the defaults that were filled in', async () => {
    const parameters = { kind: 'inline', json: '{"size":5}' } as const;
    const request = { kind: 'inline', json: '{}' } as const;
    expect(await getRequest(await depsWith(aJob({ parameters, request })), key)).toBe('{}');
    expect(await getRequest(await depsWith(aJob({ parameters })), key)).toBe('{"size":5}');
  });
});
