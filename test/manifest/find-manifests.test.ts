import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findManifests } from '../../manifest/find-manifests.ts';

const folder = mkdtempSync(join(tmpdir(), 'errand-find-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('findManifests finds each service.json, but none in node_modules, in cdk.out and in folders that begin with a dot', () => {
  const found = ['service.json', 'a/b/service.json', 'c/service.json'];
  const skipped = [
    'node_modules/x/service.json',
    'a/node_modules/x/service.json',
    '.errand/service.json',
    'cdk.out/asset/service.json',
  ];
  for (const name of [...found, ...skipped, 'a/other.json']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '{}');
  }
  expect(findManifests(folder)).toEqual(found.map((name) => join(folder, name)).sort());
});
