import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const command = join(import.meta.dirname, '..', '..', '..', 'package', 'errand.js');
let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.stop());

test('a version is registered with the profile, and the function is found', async () => {
  const folder = folderWith({
    'echo/service.json': manifest('pushed', { functionName: 'errand-service-echo' }),
  });
  const profile = { url: errand.url, apiKey: errand.apiKey };
  mkdirSync(join(folder, 'errand'));
  writeFileSync(join(folder, 'errand', 'profiles.json'), JSON.stringify({ profiles: { test: profile } }));
  const env = { XDG_CONFIG_HOME: folder };

  const first = await push(folder, ['--profile', 'test'], env);
  expect(first).toEqual({
    status: 0,
    stdout: 'pushed 1.0.0  registered  (function errand-service-echo: found)  echo/service.json\n',
    stderr: '',
  });
  expect((await push(folder, ['echo/service.json', '--profile', 'test'], env)).stdout).toMatch(
    /^pushed 1\.0\.0 {2}up to date/,
  );
});

test('a function that does not exist is a warning', async () => {
  const folder = folderWith({ 'service.json': manifest('early', {}) });
  const { status, stdout } = await push(folder, [], access());
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^early 1\.0\.0 {2}registered {2}service\.json\n {2}warning {2}.*errand-service-early/,
  );
});

test('a version that was used and differs is refused with the explanation of the API', async () => {
  const used = manifest('used', { functionName: 'errand-service-echo' });
  const folder = folderWith({ 'service.json': used });
  await push(folder, [], access());
  await endedJob(errand, (await submitJob(errand, { service: 'used' })).id);
  writeFileSync(join(folder, 'service.json'), JSON.stringify({ ...used, title: 'Changed' }));

  const { status, stderr } = await push(folder, [], access());
  expect(status).toBe(1);
  expect(stderr).toMatch(/^used 1\.0\.0 was not registered: .*\n$/);
});

test('a service that cannot be reached is reported with the reason', async () => {
  const folder = folderWith({ 'service.json': manifest('lost', {}) });
  const { status, stderr } = await push(folder, [], { ...access(), ERRAND_URL: 'http://127.0.0.1:9' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^http:\/\/127\.0\.0\.1:9 cannot be reached: /);
});

test('an invalid manifest is reported with its file, and nothing is registered', async () => {
  const good = manifest('good', { functionName: 'errand-service-echo' });
  const folder = folderWith({ 'a/service.json': good, 'b/service.json': { ...good, name: 'Not a name' } });
  const { status, stdout, stderr } = await push(folder, [], access());
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(join('b', 'service.json'));
});

function manifest(name: string, source: object) {
  return {
    name,
    version: '1.0.0',
    parameters: { type: 'object' },
    source: { kind: 'lambda', entry: 'src/index.ts', ...source },
  };
}

function access() {
  return { ERRAND_URL: errand.url, ERRAND_API_KEY: errand.apiKey };
}

function folderWith(files: Readonly<Record<string, object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }
  return folder;
}

/** The service runs in this process, so it must not be blocked while the command runs. */
function push(cwd: string, options: readonly string[], environment: Readonly<Record<string, string>>) {
  const env = { PATH: process.env['PATH'], HOME: cwd, ...environment };
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [command, 'services', 'push', ...options],
      { cwd, env },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
