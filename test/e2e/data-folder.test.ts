import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { registerExamples } from '../../bin/register-examples.ts';
import { endedJob, submitJob } from '../support/local-service/ended-job.ts';
import { callApi } from '../support/local-service/local-errand.ts';
import { spawnService } from '../support/local-service/service-process.ts';

const parent = mkdtempSync(join(tmpdir(), 'errand-folder-'));
const dataDirectory = join(parent, 'data');
const apiKey = 'the-key-of-the-data-folder-test';
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Every file in a folder, with its mode, as `755 logs`. */
function modesBelow(directory: string, folder = ''): readonly string[] {
  return readdirSync(join(directory, folder)).flatMap((name) => {
    const path = join(folder, name);
    const stat = lstatSync(join(directory, path));
    const own = `${(stat.mode & 0o777).toString(8)} ${path}`;
    return stat.isDirectory() ? [own, ...modesBelow(directory, path)] : [own];
  });
}

function openToOthers(): readonly string[] {
  return modesBelow(parent).filter((line) => !/^(700|600) /.test(line));
}

/** A Batch job and a large result store something in every part of the folder. */
async function runJobs(url: string): Promise<void> {
  const api = { url, apiKey };
  await registerExamples(api);
  const caller = { call: (path: string, call?: object) => callApi(api, path, call) };
  const submissions = [
    { service: 'echo', parameters: { text: 'x'.repeat(500_000) } },
    { service: 'cpu-load', parameters: { duration_seconds: 0.1 } },
    { service: 'python-batch', parameters: { text: 'one two' } },
  ];
  for (const submission of submissions) await endedJob(caller, (await submitJob(caller, submission)).id);
}

async function withService(act: (url: string) => Promise<void>): Promise<void> {
  const service = spawnService({ dataDirectory, apiKey });
  try {
    await act(await service.ready);
  } finally {
    service.signal('SIGTERM');
    await service.ended;
    await service.end();
  }
}

test('only the owner can read the files of the service, including those that an earlier version wrote', async () => {
  await withService(async (url) => {
    await runJobs(url);
    expect(openToOthers()).toEqual([]);
  });
  expect(modesBelow(parent).length).toBeGreaterThan(20);
  // As earlier versions wrote it; files of other programs in the folder stay as they are.
  for (const line of modesBelow(parent)) {
    const path = join(parent, line.slice(4));
    chmodSync(path, lstatSync(path).isDirectory() ? 0o755 : 0o644);
  }
  const foreign = join(dataDirectory, 'notes.txt');
  writeFileSync(foreign, '');
  chmodSync(foreign, 0o644);
  await withService(async () => {
    expect(openToOthers()).toEqual(['644 data/notes.txt']);
  });
});
