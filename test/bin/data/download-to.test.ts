import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { downloadTo } from '../../../bin/data/download-to.ts';
import { uploadFile } from '../../../bin/data/upload-file.ts';
import { type FakeDataOptions, startFakeDataApi } from './fake-data-api.ts';

const content = randomBytes(70_000);

async function stored(options: FakeDataOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'errand-download-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'source'), content);
  const api = await startFakeDataApi({ partSizeBytes: 100_000, ...options });
  await uploadFile(api, { path: join(folder, 'source') });
  return { api, folder, path: join(folder, 'copy') };
}

test('content is saved as a file, which it replaces', async () => {
  const { api, folder, path } = await stored({ sha256: createHash('sha256').update(content).digest('hex') });
  writeFileSync(path, 'earlier');
  await downloadTo(api, { id: 'd1', path });
  expect(readFileSync(path)).toEqual(content);
  expect(readdirSync(folder).sort()).toEqual(['copy', 'source']);
});

test('a cut connection is continued at the first missing byte, and an expired URL is replaced', async () => {
  const ranges: unknown[] = [];
  const { api, path } = await stored({
    intercept: ({ method, url, headers }, response) => {
      if (method !== 'GET' || !url?.startsWith('/bucket/')) return false;
      ranges.push(headers.range);
      if (ranges.length === 1) {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 50));
        return true;
      }
      if (ranges.length === 2) response.writeHead(403).end();
      return ranges.length === 2;
    },
  });
  await downloadTo(api, { id: 'd1', path });
  expect(readFileSync(path)).toEqual(content);
  expect(ranges).toEqual([undefined, 'bytes=20000-', 'bytes=20000-']);
});

test('content with another SHA-256 is not kept', async () => {
  const { api, folder, path } = await stored({ sha256: '0'.repeat(64) });
  await expect(downloadTo(api, { id: 'd1', path })).rejects.toThrow(
    'does not have the SHA-256 of the data object',
  );
  expect(readdirSync(folder)).toEqual(['source']);
});
