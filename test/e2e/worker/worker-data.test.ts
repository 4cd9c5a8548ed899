import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { blocks, readDocument, section } from '../../docs/markdown.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';
import { uploadedData } from '../data/uploaded-data.ts';

const rootDirectory = resolve(import.meta.dirname, '../../..');
/** Longer than the wait for the end of a job. */
const timeoutMs = 90_000;

let errand: TestErrand;

async function moduleOf(entryFile: string): Promise<string> {
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  return Buffer.from(only?.contents ?? []).toString();
}

/** The example of the guide, bundled below the root, where it finds the package that it imports. */
async function guideModule(): Promise<string> {
  const guide = section(readDocument('docs/guides/worker.md'), 'Data objects');
  const example = blocks(guide).find(({ language }) => language === 'ts');
  mkdirSync(join(rootDirectory, '.build'), { recursive: true });
  const folder = mkdtempSync(join(rootDirectory, '.build', 'guide-'));
  try {
    const file = join(folder, 'example.ts');
    writeFileSync(file, example?.text ?? '');
    return await moduleOf(relative(rootDirectory, file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(async () => {
  errand = await startChangedErrand([
    withFunctions({
      'errand-service-own-copy': { module: await moduleOf('test/e2e/worker/fixture/copy-data.ts') },
      'errand-service-own-archive': { module: await guideModule() },
    }),
  ]);
  await register('own-copy', {
    inputs: { source: { required: false } },
    outputs: { copy: { required: false } },
  });
  await register('own-archive', {
    inputs: { table: {} },
    outputs: { archive: { mediaTypes: ['application/gzip'] } },
  });
});

afterAll(() => errand?.end());

async function register(name: string, slots: object): Promise<void> {
  const { status, body } = await errand.call(`/v1/services/${name}/versions/1.0.0`, {
    method: 'PUT',
    body: {
      ...slots,
      parameters: { type: 'object' },
      result: {},
      dispatcher: { kind: 'lambda', functionName: `errand-service-${name}` },
    },
  });
  expect(status, JSON.stringify(body)).toBe(201);
}

/** The job after its end. */
async function run(service: string, inputs: object) {
  const { id } = await submitJob(errand, { service, parameters: {}, inputs });
  const { body } = await until(
    `job ${id} ends`,
    async () => {
      const response = await errand.call(`/v1/jobs/${id}`, { headers: { prefer: 'wait=10' } });
      return response.body.finishedAt === undefined ? undefined : response;
    },
    60_000,
  );
  expect(body).toMatchObject({ status: 'succeeded' });
  return body;
}

/** The content of a data object. */
async function contentOf(id: string): Promise<Buffer> {
  const { body } = await errand.call(`/v1/data/${id}/content?redirect=false`);
  return Buffer.from(await (await fetch(body.url)).arrayBuffer());
}

describe('a service with the worker library', () => {
  test(
    'copies 20 MB from its input to its output',
    async () => {
      const content = randomBytes(20_000_000);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const { id: dataId } = await uploadedData(errand.call, content, { name: 'noise.bin' });
      const job = await run('own-copy', { source: [dataId] });
      expect(job.result).toEqual({ id: expect.any(String), sizeBytes: 20_000_000, sha256 });
      const { body: copy } = await errand.call(`/v1/data/${job.result.id}`);
      expect(copy).toMatchObject({
        name: 'noise.bin',
        status: 'available',
        sizeBytes: 20_000_000,
        checksum: { sha256, crc64nvme: expect.any(String) },
        origin: { kind: 'job', jobId: job.id, attempt: 1, slot: 'copy' },
      });
      expect((await contentOf(copy.id)).equals(content)).toBe(true);
    },
    timeoutMs,
  );

  test(
    'has no input in an optional slot that the submission omits',
    async () => {
      expect((await run('own-copy', {})).result).toBeNull();
    },
    timeoutMs,
  );

  test(
    'compresses a table as the example in the guide does',
    async () => {
      const content = Buffer.from('date,temperature\n2026-11-30,4\n');
      const { id: dataId } = await uploadedData(errand.call, content, { name: 'weather.csv' });
      const job = await run('own-archive', { table: [dataId] });
      const { body } = await errand.call(`/v1/jobs/${job.id}`);
      expect(body.outputs.archive).toMatchObject([
        { name: 'weather.csv.gz', mediaType: 'application/gzip', complete: true },
      ]);
      const [{ id, sizeBytes }] = body.outputs.archive;
      expect(job.result).toEqual({ sizeBytes });
      expect(gunzipSync(await contentOf(id))).toEqual(content);
    },
    timeoutMs,
  );
});
