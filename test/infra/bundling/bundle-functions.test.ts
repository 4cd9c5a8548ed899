import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFunctions } from '../../../infra/bundling/bundle-functions.ts';
import { type FunctionCode, functionEntries } from '../../../infra/bundling/function-entries.ts';

let directory: string;
let code: FunctionCode;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errand-functions-'));
  code = await bundleFunctions(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('every function gets a directory of its own with an entry', async () => {
  expect((await readdir(directory)).sort()).toEqual(Object.keys(functionEntries).sort());
  for (const [name, one] of Object.entries(code)) expect(await readdir(one), name).toContain('index.mjs');
});

test.each(['echo', 'csv-profile', 'csv-profile-2'] as const)(
  'a bundled example runs without its packages: %s',
  async (name) => {
    const bundle: unknown = await import(pathToFileURL(join(code[name], 'index.mjs')).href);
    expect(bundle).toHaveProperty('handler', expect.any(Function));
  },
);
