import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalErrand, startErrand } from '../../../bin/start-errand.ts';
import { problemUri } from '../../../core/contract/problems/problem-types.ts';
import { copyAssembly } from '../../support/local-service/assembly-copy.ts';
import { callApi } from '../../support/local-service/local-errand.ts';

/** A local service of which these functions are always throttled, as a function with no concurrency is. */
async function startThrottled(dataDirectory: string, names: readonly string[]): Promise<LocalErrand> {
  const assemblyDirectory = join(dataDirectory, 'assembly');
  await copyAssembly(assemblyDirectory, [
    ({ resources }) => {
      const found = Object.values(resources.Errand).filter(({ Properties }) =>
        names.includes(Properties?.['FunctionName']),
      );
      expect(found).toHaveLength(names.length);
      for (const { Properties } of found) Properties['ReservedConcurrentExecutions'] = 0;
    },
  ]);
  return startErrand({ port: 0, prewarm: false, dataDirectory, assemblyDirectory });
}

const unavailable = (detail: RegExp) => ({
  status: 503,
  retryAfter: '1',
  contentType: 'application/problem+json',
  body: expect.objectContaining({
    type: problemUri('unavailable'),
    status: 503,
    detail: expect.stringMatching(detail),
    requestId: expect.stringMatching(/.+/),
  }),
});

describe.each([
  { throttled: ['errand-authorize'], detail: /key could not be checked, so the request had no effect/ },
  { throttled: ['errand-submit', 'errand-live', 'errand-api'], detail: /No function returned a response/ },
])('while $throttled is throttled,', ({ throttled, detail }) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-throttled-'));
  let errand: LocalErrand;
  beforeAll(async () => {
    errand = await startThrottled(dataDirectory, throttled);
  });
  afterAll(async () => {
    await errand?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  test.each([
    ['a submission', '/v1/jobs', { body: { service: 'echo', parameters: {} } }],
    ['a stream of events', '/v1/jobs/0198c0de-0000-7000-8000-000000000000/events', {}],
    ['a read', '/v1/jobs', {}],
  ] as const)('%s responds with 503, a detail and the time to retry', async (_, path, call) => {
    const { status, headers, body } = await callApi(errand, path, call);
    const response = { status, body, retryAfter: headers.get('retry-after') };
    expect({ ...response, contentType: headers.get('content-type') }).toEqual(unavailable(detail));
  });
});
