import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { init } from '../../cli/init/init.ts';

const errand = join(import.meta.dirname, '..', '..', 'package', 'errand.js');

test.each([
  { words: [], status: 2, text: /^Usage: errand <command>/ },
  { words: ['nonsense'], status: 2, text: /^Unknown command "nonsense"\.\n\nUsage:/ },
  { words: ['init'], status: 2, text: /^Name the service: errand init <name>/ },
  { words: ['dev', '--nonsense'], status: 2, text: /^Unknown option '--nonsense'/ },
  { words: ['dev', '--port', 'http'], status: 2, text: /must be a number from 0 to 65535, not http/ },
  { words: ['dev'], status: 1, text: /has no service\.json: create a service with `errand init <name>`/ },
  { words: ['submit'], status: 2, text: /^Name one service: errand submit <service>\[@<version>\]/ },
  {
    words: ['submit', 'a', '--wait', '--input', 'x'],
    status: 2,
    text: /^--input x: write slot=@path for a file/,
  },
  { words: ['submit', 'a', '--parameters', '{'], status: 2, text: /^--parameters: / },
  { words: ['submit', 'a', '--wait=soon'], status: 2, text: /^--wait soon: give a whole number of seconds/ },
  { words: ['submit', 'a'], status: 1, text: /^No Errand runs with the data folder/ },
  {
    words: ['types', 'echo'],
    status: 2,
    text: /takes no arguments, but got echo: name a service with --service/,
  },
  { words: ['types'], status: 1, text: /^No Errand runs with the data folder/ },
  { words: ['services', 'push'], status: 2, text: /There is no service\.json here/ },
])('errand $words fails with $status and one message', ({ words, status, text }) => {
  const run = spawnSync(process.execPath, [errand, ...words], {
    cwd: temporaryFolder(),
    encoding: 'utf8',
    env: plain(),
  });
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status, stdout: '' });
  expect(run.stderr).toMatch(text);
  expect(run.stderr).not.toMatch(/ {4}at /);
});

test('errand --help prints the commands', () => {
  const run = spawnSync(process.execPath, [errand, '--help'], { encoding: 'utf8', env: plain() });
  expect(run.status).toBe(0);
  for (const command of ['init', 'dev', 'start', 'submit', 'services push', 'types'])
    expect(run.stdout).toContain(`\n  ${command} `);
});

test('errand dev reports a port that another program uses', async () => {
  const parent = temporaryFolder();
  init('thumb', 'typescript', parent);
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server
  const run = spawnSync(process.execPath, [errand, 'dev', '--port', String(port)], {
    cwd: join(parent, 'thumb'),
    encoding: 'utf8',
    env: plain(),
  });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(`Port ${port} of 127.0.0.1 is already in use`);
});

function plain(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: tmpdir() };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
