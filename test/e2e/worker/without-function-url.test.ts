import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../../../bin/synthesize.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;

beforeAll(async () => {
  errand = await startOwnErrand({
    assemblyDirectory: await synthesize({ workerFunctionUrl: 'false' }),
    dataDirectory: mkdtempSync(join(tmpdir(), 'errand-no-url-')),
  });
});
afterAll(() => errand?.end());

describe('where workers have no function URL,', () => {
  test('a function submits sub-jobs at the REST API', async () => {
    const { id } = await submitJob(errand, { service: 'fan-out', parameters: { count: 2 } });
    const { status, children } = await endedJob(errand, id);
    expect(status).toBe('succeeded');
    expect(children.total).toBe(2);
  });

  test('a container reports its progress and its result at the REST API', async () => {
    const { id } = await submitJob(errand, {
      service: 'cpu-load-batch',
      parameters: { duration_seconds: 0.2, target_cpu_percent: 20 },
    });
    const { status, progress } = await endedJob(errand, id);
    expect(status).toBe('succeeded');
    expect(progress.completion).toBe(1);
  });
});
