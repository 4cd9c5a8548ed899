import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { writeBundle } from '../../../infra/bundling/write-bundle.ts';
import { readImageCommand } from '../../../local/processes/image-command.ts';
import { workerServer } from '../../worker/worker-call.ts';

const rootDirectory = resolve(import.meta.dirname, '../../..');
const dockerfile = readFileSync(join(rootDirectory, 'examples/cpu-load/Dockerfile'), 'utf8');
let directory = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cpu-load-'));
  const files = await bundleEntry({ rootDirectory, entryFile: 'examples/cpu-load/container.ts' });
  await writeBundle(join(directory, 'image'), files);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the container of cpu-load', () => {
  test('runs from the bundle by the command of its image, and completes', async () => {
    const server = await workerServer();
    const [, ...options] = readImageCommand(dockerfile, 'the Dockerfile').command;
    const child = spawn(process.execPath, options, {
      cwd: join(directory, 'image'),
      env: {
        ERRAND_JOB_ID: 'the-job',
        ERRAND_ATTEMPT: '1',
        ERRAND_WORKER_URL: server.url,
        ERRAND_WORKER_TOKEN: server.token,
        ERRAND_PARAMETERS: '{"duration_seconds":0.3,"target_cpu_percent":20}',
      },
      stdio: 'ignore',
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    const { result } = JSON.parse(server.to('/complete')[0]?.text ?? '{}') as { result?: object };
    expect(result).toMatchObject({ slices: expect.any(Number) });
    expect(server.to('/progress').length).toBeGreaterThan(0);
  });
});
