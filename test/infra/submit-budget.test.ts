import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BundleFile, bundleEntry } from '../../infra/bundling/bundle-entry.ts';
import { functionEntries } from '../../infra/bundling/function-entries.ts';

let atStart: readonly BundleFile[];
beforeAll(async () => {
  const files = await bundleEntry({ rootDirectory: resolve('.'), entryFile: functionEntries.submit });
  atStart = files.filter((file) => file.loadedAtStart);
});

const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);

describe('the code that submit loads for a usual job', () => {
  test('is at most 400 KB', () => {
    expect(total(atStart.map((file) => file.contents.length))).toBeLessThanOrEqual(400_000);
  });

  test('is at most 128 KB compressed', () => {
    expect(total(atStart.map((file) => gzipSync(file.contents).length))).toBeLessThanOrEqual(128_000);
  });

  test('includes the SDK, so that the figures are complete', () => {
    const code = atStart.map((file) => Buffer.from(file.contents).toString()).join('');
    expect(code).toContain('DynamoDB_20120810');
    expect(code).toContain('AWSStepFunctions');
  });
});
