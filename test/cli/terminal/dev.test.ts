import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../../local/free-port.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { processesNaming } from '../../support/processes/processes.ts';
import { openTerminal } from '../../support/terminal/terminal.ts';

/** Each test starts Errand, and what it waits for has limits of its own. */
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const errand = join(import.meta.dirname, '..', '..', '..', 'package', 'errand.js');

describe('from an empty folder to a changed service', () => {
  test.each([
    {
      language: 'typescript',
      file: 'src/greet.ts',
      broken: ['return {', 'return {{'],
      position: /src\/greet\.ts:2:\d+/,
    },
    { language: 'python', file: 'greet.py', broken: ['return {', 'return {{'], position: /greet\.py:\d+/ },
  ])('in $language', async ({ language, file, broken: [good = '', bad = ''], position }) => {
    const parent = mkdtempSync(join(tmpdir(), 'errand dev '));
    onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
    const env = { PATH: process.env['PATH'], HOME: parent };
    const port = String(await freePort());

    const created = await run(process.execPath, [errand, 'init', 'thumb', '--language', language], {
      cwd: parent,
      env,
    });
    expect(created.stdout).toMatch(/^Created thumb\/: service\.json, /);

    const cwd = join(parent, 'thumb');
    const terminal = openTerminal([process.execPath, errand, 'dev', '--port', port], {
      cwd,
      env: { ...env, TERM: 'xterm' },
    });
    onTestFinished(() => terminal.type('\u0003'));
    await terminal.waitFor(/Errand is ready at http/);
    await terminal.waitFor(/thumb 0\.1\.0-dev {2}\S+ {2}registered/);
    await terminal.waitFor(/Watching .*thumb\. Press \? for keys\./s);

    expect(await submit(cwd, port)).toEqual({ greeting: 'Hello World' });
    await terminal.waitFor(/[0-9a-f]{4} {2}pending {2}thumb 0\.1\.0-dev/);
    await terminal.waitFor(/[0-9a-f]{4} {2}executing {2}attempt 1/);
    await terminal.waitFor(/[0-9a-f]{4} {2}succeeded {2}\d+\.\d s/);
    // A line can be printed before the state in which it was written: states are read from the log of events.
    expect(terminal.text()).toMatch(/[0-9a-f]{4} {2}\| greeting World/);

    edit(join(cwd, file), 'Hello', 'Goodbye');
    await terminal.waitFor(new RegExp(`${file} changed: reloaded in \\d+\\.\\d s`));
    expect(await submit(cwd, port)).toEqual({ greeting: 'Goodbye World' });

    edit(join(cwd, file), good, bad);
    await terminal.waitFor(position);
    await terminal.waitFor(/\(still running the code\s+of \d\d:\d\d:\d\d\)/);
    expect(await submit(cwd, port)).toEqual({ greeting: 'Goodbye World' });

    terminal.type('q');
    expect(await terminal.ended).toBe(0);
    await until('no process is left', () => processesNaming(parent).length === 0);
  });
});

test('services of one tree run together, and a second errand dev uses the running service', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'errand-dev-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], HOME: parent, TERM: 'xterm' };
  const port = String(await freePort());
  for (const name of ['tree/one', 'tree/two', 'other/three']) {
    const [folder = '', service = ''] = name.split('/');
    mkdirSync(join(parent, folder), { recursive: true });
    await run(process.execPath, [errand, 'init', service], { cwd: join(parent, folder), env });
  }
  const open = (folder: string) =>
    openTerminal([process.execPath, errand, 'dev', '--port', port], {
      cwd: join(parent, folder),
      env: { ...env, ERRAND_DATA_DIR: join(parent, 'data') },
    });
  const first = open('tree');
  onTestFinished(() => first.type('\u0003'));
  await first.waitFor(/Watching .*tree/s);
  expect(first.text()).toMatch(/one 0\.1\.0-dev {2}one\/src\/index\.ts {2}registered/);
  expect(first.text()).toMatch(/two 0\.1\.0-dev {2}two\/src\/index\.ts {2}registered/);

  const second = open('other');
  onTestFinished(() => second.type('\u0003'));
  await second.waitFor(/Errand runs at http/);
  await second.waitFor(/three 0\.1\.0-dev {2}three\/src\/index\.ts {2}registered/);
  await second.waitFor(/Watching/);
  const key = readFileSync(join(parent, 'data', 'api-key'), 'utf8').trim();
  for (const service of ['one', 'two', 'three']) {
    const { stdout } = await run('curl', [
      '-sS',
      ...['-H', `x-api-key: ${key}`, '-H', 'content-type: application/json', '-H', 'prefer: wait=20'],
      ...[`http://127.0.0.1:${port}/v1/jobs`, '-d', JSON.stringify({ service, parameters: {} })],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded' });
    await second.waitFor(new RegExp(`pending {2}${service} 0\\.1\\.0-dev`));
  }

  first.type('q');
  expect(await first.ended).toBe(0);
  await second.waitFor(/Errand has stopped, and these services with it/);
  expect(await second.ended).toBe(1);
});

test('a container runs on AWS Batch, and each attempt runs the saved code', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'errand-dev-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], HOME: parent };
  const port = String(await freePort());
  await run(process.execPath, [errand, 'init', 'thumb', '--language', 'container'], { cwd: parent, env });
  const cwd = join(parent, 'thumb');
  const terminal = openTerminal([process.execPath, errand, 'dev', '--port', port], {
    cwd,
    env: { ...env, TERM: 'xterm' },
  });
  onTestFinished(() => terminal.type('\u0003'));
  await terminal.waitFor(/thumb 0\.1\.0-dev {2}container {2}registered/);
  await terminal.waitFor(/Watching/);

  expect(await submit(cwd, port)).toEqual({ greeting: 'Hello World' });
  await terminal.waitFor(/[0-9a-f]{4} {2}scheduled/);
  await terminal.waitFor(/[0-9a-f]{4} {2}succeeded {2}\d+\.\d s/);
  expect(terminal.text()).toMatch(/[0-9a-f]{4} {2}\| greeting World/);

  edit(join(cwd, 'greet.py'), 'Hello', 'Goodbye');
  await terminal.waitFor(/greet\.py changed: reloaded in \d+\.\d s/);
  expect(await submit(cwd, port)).toEqual({ greeting: 'Goodbye World' });
  terminal.type('q');
  expect(await terminal.ended).toBe(0);
});

function edit(file: string, from: string, to: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

/** Submits a job with curl, waits for its end and returns its result. */
async function submit(folder: string, port: string): Promise<unknown> {
  const key = readFileSync(join(folder, '.errand', 'api-key'), 'utf8').trim();
  const call = async (path: string, more: readonly string[]) => {
    const { stdout } = await run('curl', [
      '-sS',
      ...['-H', `x-api-key: ${key}`, '-H', 'content-type: application/json', '-H', 'prefer: wait=20'],
      `http://127.0.0.1:${port}/v1/jobs${path}`,
      ...more,
    ]);
    return JSON.parse(stdout);
  };
  const job = await call('', ['-d', '{"service":"thumb","parameters":{}}']);
  expect(job).toMatchObject({ status: 'succeeded' });
  return call(`/${job.id}/result`, []);
}
