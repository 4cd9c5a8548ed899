import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleForBrowsers } from './client-bundle.ts';

const root = join(import.meta.dirname, '..', '..');
/** What a page loads for the client, compressed: 25 KB. */
const maxGzipBytes = 25 * 1024;

test('the client for browsers is small, and contains neither schemas nor packages nor imports', async () => {
  const { code, gzipBytes, files } = await bundleForBrowsers('package/client.ts', root);
  expect(files.filter((file) => !file.startsWith('client/'))).toEqual([]);
  expect(code).not.toMatch(/\bimport\s*[({*"']|\brequire\(/);
  expect(gzipBytes).toBeGreaterThan(2_000);
  expect(gzipBytes).toBeLessThanOrEqual(maxGzipBytes);
});
