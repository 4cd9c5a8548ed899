import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';
import { readManifest } from '../../support/manifest-schema.ts';

const rootDirectory = resolve(import.meta.dirname, '../../..');
const examples = ['cpu-load', 'flaky'];
let errand: TestErrand;

/** A handler with the worker library, as one module. */
async function moduleOf(entryFile: string): Promise<string> {
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  return Buffer.from(only?.contents ?? []).toString();
}

beforeAll(async () => {
  const modules = await Promise.all(
    examples.map(async (name) => [name, await moduleOf(`examples/${name}/handler.ts`)] as const),
  );
  const fixture = await moduleOf('test/e2e/worker/fixture/large-or-stopped.ts');
  const functions = withFunctions({
    // A small memory is filled quickly, on a busy machine too.
    ...Object.fromEntries(
      modules.map(([name, module]) => [`errand-service-own-${name}`, { module, memoryMegabytes: 128 }]),
    ),
    'errand-service-own-fixture': { module: fixture },
  });
  errand = await startChangedErrand([functions]);
  for (const name of examples) await register(name, readManifest(name));
  await register('fixture', { parameters: { type: 'object' }, result: { type: 'string' } });
});

/** Registers a function of this test instead of the one that a manifest names. */
async function register(name: string, manifest: object): Promise<void> {
  const { name: _, version: __, ...definition } = { name, version: '', ...manifest };
  const dispatcher = { kind: 'lambda', functionName: `errand-service-own-${name}` };
  const { status } = await errand.call(`/v1/services/own-${name}/versions/1.0.0`, {
    method: 'PUT',
    body: { ...definition, dispatcher },
  });
  expect(status).toBe(201);
}

afterAll(() => errand?.end());

describe('a service with the worker library', () => {
  test('shows its progress while it runs, and is notified of an abort', async () => {
    const file = join(errand.dataDirectory, 'stop-reason.txt');
    const { id } = await submitJob(errand, { service: 'own-fixture', parameters: { file } });
    const job = () => errand.call(`/v1/jobs/${id}`);
    await until('it reports progress', async () => (await job()).body.progress?.message !== undefined);
    expect((await errand.call(`/v1/jobs/${id}/abort`, { body: {} })).status).toBe(200);
    const notified = await until('it is notified', () => existsSync(file) && readFileSync(file, 'utf8'));
    expect(notified).toBe('The job was aborted.');
    expect((await job()).body).toMatchObject({
      status: 'aborted',
      progress: { message: 'waiting to be stopped' },
    });
  });

  test('succeeds with the progress that it reported last', async () => {
    const { id } = await submitJob(errand, {
      service: 'own-cpu-load',
      parameters: { duration_seconds: 0.3, target_cpu_percent: 20 },
    });
    const job = await endedJob(errand, id);
    expect(job).toMatchObject({ status: 'succeeded', progress: { completion: 1 } });
  });

  test('delivers a result that is too large to be returned', async () => {
    const size = 1_000_000;
    const { id } = await submitJob(errand, { service: 'own-fixture', parameters: { size } });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    const { body } = await errand.call(`/v1/jobs/${id}/result`);
    expect(body).toBe('x'.repeat(size));
  });

  test('fails as often as flaky is configured to, and then succeeds', async () => {
    const { id } = await submitJob(errand, {
      service: 'own-flaky',
      parameters: { failures: 2, kind: 'throw' },
    });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'succeeded',
      attempt: 3,
      result: { attempt: 3 },
    });
  });

  test('runs out of memory as flaky is configured to, and then succeeds', async () => {
    const { id } = await submitJob(errand, {
      service: 'own-flaky',
      parameters: { failures: 1, kind: 'memory' },
      attemptTimeoutSeconds: 30,
    });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 2 });
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    expect(body.items[0]).toMatchObject({ number: 1, code: 'out-of-memory' });
  });
});
