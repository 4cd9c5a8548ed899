import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UploadEndedError, type UploadProgress, uploadFile } from '../../../bin/data/upload-file.ts';
import { startFakeDataApi } from './fake-data-api.ts';

function fileOf(content: Buffer, name = 'table.csv'): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-upload-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('a small file is sent with one PUT, and described by its name, type, size and SHA-256', async () => {
  const content = randomBytes(800);
  const api = await startFakeDataApi();
  const progress: UploadProgress[] = [];
  const id = await uploadFile(api, {
    path: fileOf(content),
    tags: ['weather'],
    onProgress: (each) => progress.push(each),
  });
  expect(id).toBe('d1');
  expect(api.content()).toEqual(content);
  expect(api.created).toEqual([
    {
      name: 'table.csv',
      mediaType: 'text/csv',
      sizeBytes: 800,
      sha256: createHash('sha256').update(content).digest('hex'),
      tags: ['weather'],
    },
  ]);
  expect(api.requests).toEqual(['POST /v1/data', 'PUT /bucket/whole', 'POST /v1/data/d1/complete']);
  expect(progress.at(-1)).toEqual({ sentBytes: 800, totalBytes: 800 });
});

test('a name and a media type replace those of the file, and an unknown extension has a general type', async () => {
  const api = await startFakeDataApi();
  await uploadFile(api, { path: fileOf(Buffer.from('x'), 'a.unknown-extension') });
  await uploadFile(api, { path: fileOf(Buffer.from('x')), name: 'a/b', mediaType: 'text/plain' });
  expect(api.created).toMatchObject([
    { name: 'a.unknown-extension', mediaType: 'application/octet-stream' },
    { name: 'a/b', mediaType: 'text/plain' },
  ]);
});

test('an empty file is uploaded', async () => {
  const api = await startFakeDataApi();
  await uploadFile(api, { path: fileOf(Buffer.alloc(0)) });
  expect(api.content()).toEqual(Buffer.alloc(0));
});

test('a PUT whose response is lost is repeated, and the content that it stored counts', async () => {
  let puts = 0;
  const content = randomBytes(500);
  const api = await startFakeDataApi({
    intercept: ({ method }, response) => {
      if (method === 'PUT') puts += 1;
      // The connection ends instead of a response.
      if (method === 'PUT' && puts === 1) response.writeHead = () => response.destroy() as never;
      return false;
    },
  });
  const progress: UploadProgress[] = [];
  await uploadFile(api, { path: fileOf(content), onProgress: (each) => progress.push(each) });
  expect(api.content()).toEqual(content);
  expect(puts).toBe(2);
  expect(api.requests).toContain('GET /v1/data/d1');
});

test('an expired URL is replaced by a new one', async () => {
  const content = randomBytes(2_500);
  const rejected = new Set<string>();
  const api = await startFakeDataApi({
    intercept: ({ method, url = '' }, response) => {
      const name = url.split('?')[0] ?? '';
      if (method !== 'PUT' || rejected.has(name)) return false;
      rejected.add(name);
      response.writeHead(403).end();
      return true;
    },
  });
  const progress: UploadProgress[] = [];
  await uploadFile(api, { path: fileOf(content), onProgress: (each) => progress.push(each) });
  expect(api.content()).toEqual(content);
  expect(rejected.size).toBe(3);
  expect(progress.at(-1)).toEqual({ sentBytes: 2_500, totalBytes: 2_500 });
});

test('a large file is sent in parts, at most three at a time', async () => {
  const content = randomBytes(60_500);
  const api = await startFakeDataApi();
  await uploadFile(api, { path: fileOf(content, 'table.tsv') });
  expect(api.content()).toEqual(content);
  expect(api.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(61);
  expect(api.mostPuts()).toBeLessThanOrEqual(3);
});

test('the checksum of the whole file completes an upload in parts', async () => {
  const api = await startFakeDataApi({ partSizeBytes: 4 });
  await uploadFile(api, { path: fileOf(Buffer.from('123456789')) });
  // https://reveng.sourceforge.io/crc-catalogue/all.htm, check value of CRC-64/NVME
  const check = Buffer.from('ae8b14860a799888', 'hex').toString('base64');
  expect(api.completed).toMatchObject([{ crc64nvme: check, parts: { length: 3 } }]);
});

test('an interrupted upload is resumed with the missing parts only', async () => {
  const content = randomBytes(5_200);
  const api = await startFakeDataApi({ existingBytes: content.length, existingKey: 'k' });
  for (const number of [1, 3, 6])
    api.storePart(number, content.subarray((number - 1) * 1_000, number * 1_000));
  const progress: UploadProgress[] = [];
  await uploadFile(api, {
    path: fileOf(content),
    idempotencyKey: 'k',
    onProgress: (each) => progress.push(each),
  });
  expect(api.content()).toEqual(content);
  expect(api.created).toEqual([]);
  expect(api.requests.filter((request) => request.startsWith('PUT')).sort()).toEqual([
    'PUT /bucket/2',
    'PUT /bucket/4',
    'PUT /bucket/5',
  ]);
  expect(progress.at(-1)).toEqual({ sentBytes: 5_200, totalBytes: 5_200 });
});

test('an upload that was completed is confirmed, and nothing is sent', async () => {
  const content = randomBytes(5_200);
  const api = await startFakeDataApi({ existingBytes: 5_200, existingKey: 'k', existingStatus: 'available' });
  const progress: UploadProgress[] = [];
  const path = fileOf(content);
  await uploadFile(api, { path, idempotencyKey: 'k', onProgress: (each) => progress.push(each) });
  expect(api.requests).toEqual(['POST /v1/data', 'POST /v1/data/d1/complete']);
  expect(progress).toEqual([{ sentBytes: 5_200, totalBytes: 5_200 }]);
});

test('an upload that was not completed in time has ended', async () => {
  const api = await startFakeDataApi({ existingBytes: 10, existingKey: 'k', existingStatus: 'failed' });
  const upload = uploadFile(api, { path: fileOf(randomBytes(10)), idempotencyKey: 'k' });
  await expect(upload).rejects.toThrow(UploadEndedError);
  await expect(upload).rejects.toThrow(/^The upload of d1 was not completed in time: upload .* again$/);
});

test('the completion is repeated while the store joins the parts', async () => {
  const content = randomBytes(3_000);
  const api = await startFakeDataApi({ completions: [202, 503, 200] });
  await uploadFile(api, { path: fileOf(content) });
  expect(api.requests.filter((request) => request.endsWith('/complete'))).toHaveLength(3);
});

test('a file that changes during the upload is not completed', async () => {
  const path = fileOf(randomBytes(3_000));
  const api = await startFakeDataApi({
    intercept: ({ method }) => {
      if (method === 'PUT') appendFileSync(path, 'x');
      return false;
    },
  });
  await expect(uploadFile(api, { path })).rejects.toThrow(
    /was changed while it was uploaded: upload it again$/,
  );
  expect(api.requests.some((request) => request.endsWith('/complete'))).toBe(false);
});

test('a refusal is an error with what the API reported', async () => {
  const problem = {
    type: 'https://errand.dev/problems/invalid-request',
    title: 'The request is invalid',
    detail: 'The body is invalid.',
    errors: [{ pointer: '/tags/0', detail: 'must not be empty' }],
  };
  const api = await startFakeDataApi({
    intercept: (_request, response) => {
      response.writeHead(400).end(JSON.stringify(problem));
      return true;
    },
  });
  await expect(uploadFile(api, { path: fileOf(Buffer.from('x')) })).rejects.toMatchObject({
    message: 'POST /v1/data failed with status 400: The body is invalid.\n  /tags/0: must not be empty',
    code: 'invalid-request',
    status: 400,
  });
});

test('an abort ends the upload, and nothing is completed', async () => {
  const stop = new AbortController();
  const api = await startFakeDataApi({
    intercept: ({ method }) => {
      if (method === 'PUT') stop.abort(new Error('stopped'));
      return method === 'PUT';
    },
  });
  await expect(uploadFile(api, { path: fileOf(randomBytes(5_000)), signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
  expect(api.requests.some((request) => request.endsWith('/complete'))).toBe(false);
});
