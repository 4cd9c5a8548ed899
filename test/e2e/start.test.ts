import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { isRunning, until } from '../../local/test/fixture/until.ts';
import { childrenOf } from '../support/processes/processes.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-start-'));
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

/** Runs `npm start` until its output has a line that matches, sends SIGTERM, and returns its output and its end. */
async function startUntil(pattern: RegExp) {
  const child = spawn(process.execPath, ['bin/start.ts'], {
    env: { PATH: process.env['PATH'], ERRAND_PORT: '0', ERRAND_DATA_DIR: dataDirectory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  let family: readonly number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (!pattern.test(line)) continue;
    family = childrenOf(child.pid ?? 0);
    child.kill('SIGTERM');
  }
  const [exitStatus] = await ended;
  await until('its child processes end', () => family.every((pid) => !isRunning(pid)) || undefined);
  return { exitStatus, lines };
}

test('a start prints its steps and then, on a line of its own, that Errand is ready; a signal at that moment stops it', async () => {
  const { exitStatus, lines } = await startUntil(/^Errand is ready at http:\/\/127\.0\.0\.1:\d+$/);
  expect(lines.filter((line) => !/^Starting the local services … \d/.test(line))).toEqual([
    'Starting the local services …',
    expect.stringMatching(/^Starting the local services: done \(\d+\.\d s\)$/),
    `The API key of the local tenant is in ${join(dataDirectory, 'api-key')}`,
    expect.stringMatching(/^The documentation is at http:\/\/127\.0\.0\.1:\d+\/v1\/docs$/),
    expect.stringMatching(/^Errand is ready at /),
  ]);
  expect(exitStatus).toBe(0);
});

test('a signal during the start ends it, and the next start succeeds', async () => {
  const { exitStatus, lines } = await startUntil(/^Starting the local services …$/);
  expect(lines.join('\n')).not.toContain('ready');
  expect(exitStatus).toBe(143);
  expect((await startUntil(/^Errand is ready/)).exitStatus).toBe(0);
});
