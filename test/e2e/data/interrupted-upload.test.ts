import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../local/free-port.ts';
import type { CallRecord } from '../../../local/gateway/call-record.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const program = join(import.meta.dirname, '../../../package/errand.js');
/** The smallest content that is uploaded in parts. */
const sizeBytes = 100_000_001;
const partCount = 6;

/** A file with a mark at its beginning and at its end; the disk stores nothing in between. */
function sparseFile(path: string): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, sizeBytes);
  writeSync(file, 'first', 0);
  writeSync(file, 'last', sizeBytes - 4);
  closeSync(file);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-interrupted-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface SubmittedFile {
  readonly path: string;
  readonly cache: string;
}

/** Starts `errand submit` for a version of a service with the input slot `source`. */
function startSubmit({ url, apiKey }: TestErrand, version: string, { path, cache }: SubmittedFile) {
  const words = [
    'submit',
    `keep@${version}`,
    '--input',
    `source=@${path}`,
    '--parameters',
    '{}',
    '--json',
    '--wait',
  ];
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache, ERRAND_URL: url, ERRAND_API_KEY: apiKey },
    // The program that `errand` starts is killed with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'close');
  const kill = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  return { kill, output, exitStatus: ended.then(() => child.exitCode) };
}

/** The parts of the upload, of which there is only one. */
async function partsOf({ call }: TestErrand): Promise<readonly { number: number; uploaded: boolean }[]> {
  const { body: list } = await call('/v1/data?status=uploading');
  if (list.items[0] === undefined) return [];
  return (await call(`/v1/data/${list.items[0].id}/parts`)).body.items;
}

async function storedParts(errand: TestErrand): Promise<readonly number[]> {
  return (await partsOf(errand)).filter(({ uploaded }) => uploaded).map(({ number }) => number);
}

/** Whether a recorded call has stored a part. */
function isStoredPart({ service, action, status, requestBytes }: CallRecord): boolean {
  return service === 's3' && action === 'PutObject' && status === 200 && requestBytes > 1_000_000;
}

test('an upload whose process was killed continues with the missing parts after a restart of the service', async () => {
  const [dataDirectory, cache, port] = [temporaryFolder(), temporaryFolder(), await freePort()];
  const path = join(temporaryFolder(), 'large.bin');
  sparseFile(path);
  const calls: CallRecord[] = [];
  const start = async () => {
    const errand = await startOwnErrand({ dataDirectory, port, recorder: (call) => calls.push(call) });
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= errand.stop();
      return stopping;
    };
    onTestFinished(stop);
    return { ...errand, stop };
  };

  const first = await start();
  const definition = {
    parameters: {},
    inputs: { source: {} },
    dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
  };
  const service = { method: 'PUT', body: definition };
  expect((await first.call('/v1/services/keep/versions/1.0.0', service)).status).toBe(201);
  // The connections of the other parts are cut.
  const isCut = ({ url }: { readonly url: string }) => /[?&]partNumber=[1356](?:&|$)/.test(url);
  first.cloud.faults.add({ service: 's3', kind: 'drop-request', match: isCut });
  const killed = startSubmit(first, '1.0.0', { path, cache });
  await until('two parts are stored', async () => (await storedParts(first)).length === 2, 60_000);
  await killed.kill();
  expect(readdirSync(join(cache, 'errand', 'uploads'))).toHaveLength(1);
  await first.stop();

  const second = await start();
  const before = await partsOf(second);
  expect(before).toHaveLength(partCount);
  expect(await storedParts(second)).toEqual([2, 4]);
  calls.length = 0;
  const repeated = startSubmit(second, '1.0.0', { path, cache });
  const [stdout, stderr] = await repeated.output;
  expect(await repeated.exitStatus, stderr).toBe(0);
  expect(stderr).toContain('uploaded large.bin  100 MB');
  expect(calls.filter(isStoredPart)).toHaveLength(partCount - 2);

  const job = JSON.parse(stdout) as { inputs: { source: [{ id: string }] } };
  const { body: list } = await second.call('/v1/data');
  expect(list.items).toMatchObject([{ id: job.inputs.source[0].id, status: 'available', sizeBytes }]);
  const { body: content } = await second.call(`/v1/data/${list.items[0].id}/content?redirect=false`);
  for (const [range, expected] of [
    ['bytes=0-4', 'first'],
    ['bytes=-4', 'last'],
  ] as const)
    expect(await (await fetch(content.url, { headers: { range } })).text()).toBe(expected);
  // The next command uploads the file as a new data object.
  expect(readdirSync(join(cache, 'errand', 'uploads'))).toEqual([]);
}, 120_000);

test('a command whose job was refused uses the uploaded file again, and a deleted data object is replaced', async () => {
  const [cache, path] = [temporaryFolder(), join(temporaryFolder(), 'small.txt')];
  writeFileSync(path, 'content');
  const errand = await startOwnErrand();
  onTestFinished(errand.end);
  const register = async (version: string, source: object) => {
    const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
    const body = { parameters: {}, inputs: { source }, dispatcher };
    const response = await errand.call(`/v1/services/keep/versions/${version}`, { method: 'PUT', body });
    expect(response.status).toBe(201);
  };
  const run = async (version: string) => {
    const { output, exitStatus } = startSubmit(errand, version, { path, cache });
    const [stdout, stderr] = await output;
    return { stdout, stderr, exitStatus: await exitStatus };
  };
  const ids = async () => (await errand.call('/v1/data')).body.items.map(({ id }: { id: string }) => id);
  const runRefused = async (version: string) => {
    // Whether a media type is accepted is known only after the upload.
    expect(await run(version)).toMatchObject({ exitStatus: 1, stderr: expect.stringContaining('text/csv') });
  };

  await register('1.0.0', { mediaTypes: ['text/csv'] });
  await runRefused('1.0.0');
  const [uploaded] = await ids();
  await register('1.0.1', {});
  expect(await run('1.0.1')).toMatchObject({ exitStatus: 0, stdout: expect.stringContaining(uploaded) });
  expect(await ids()).toEqual([uploaded]);

  await runRefused('1.0.0');
  const [deleted] = await ids();
  expect(deleted).not.toBe(uploaded);
  expect((await errand.call(`/v1/data/${deleted}`, { method: 'DELETE' })).status).toBe(204);
  expect(await run('1.0.1')).toMatchObject({ exitStatus: 0 });
  expect(await ids()).toEqual([expect.any(String), uploaded]);
}, 60_000);
