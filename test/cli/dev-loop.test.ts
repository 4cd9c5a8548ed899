import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Screen } from '../../bin/terminal/screen.ts';
import { startDevLoop } from '../../cli/dev/dev-loop.ts';
import { init } from '../../cli/init/init.ts';

/** Starts the loop with a service that accepts every function, and an API that cannot be reached. */
async function startLoop(root: string) {
  const lines: string[] = [];
  const put: string[] = [];
  const screen: Screen = {
    isTerminal: false,
    print: (line = '') => void lines.push(line),
    showLive: () => undefined,
    clearLive: () => undefined,
    style: (_format, text) => text,
  };
  const control = {
    apiUrl: 'http://127.0.0.1:9',
    putFunction: async (name: string) => void put.push(name),
    putJobDefinition: async () => undefined,
    remove: async () => undefined,
    activity: async function* () {},
  };
  const api = { url: control.apiUrl, apiKey: 'none' };
  const loop = await startDevLoop(root, { control, api, dataDirectory: join(root, '.errand') }, screen);
  onTestFinished(() => loop.stop());
  return { lines, put };
}

function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'errand-loop-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

test('a name belongs to one service, and the other one gets it when it is free', async () => {
  const root = newRoot();
  for (const folder of ['a', 'b']) {
    mkdirSync(join(root, folder));
    init('thumb', 'javascript', join(root, folder));
  }
  const { lines, put } = await startLoop(root);
  const refused = lines.find((line) => line.includes('already has the name "thumb"'));
  expect(refused).toMatch(
    /[ab]\/thumb\/service\.json: [ab]\/thumb\/service\.json already has the name "thumb"/,
  );
  expect(put).toEqual(['errand-service-thumb']);

  const winner = join(
    root,
    refused?.includes(' a/thumb/service.json: ') ? 'b' : 'a',
    'thumb',
    'service.json',
  );
  writeFileSync(winner, readFileSync(winner, 'utf8').replace('"name": "thumb"', '"name": "other"'));
  await expect.poll(() => put).toEqual(expect.arrayContaining(['errand-service-other']));
  await expect.poll(() => put.filter((name) => name === 'errand-service-thumb')).toHaveLength(2);
});

test('a build error names the folder of the service, and a refused registration is a notice', async () => {
  const root = newRoot();
  init('thumb', 'javascript', root);
  const { lines } = await startLoop(root);
  expect(lines.join('\n')).toMatch(/notice {2}http:\/\/127\.0\.0\.1:9 cannot be reached/);
  writeFileSync(join(root, 'thumb', 'src', 'greet.js'), 'export function greet(name) {{\n');
  await expect.poll(() => lines.join('\n')).toMatch(/thumb\/src\/greet\.js:\d+:\d+: /);
});

test('a root that is deleted is reported', async () => {
  const root = newRoot();
  const folder = join(root, 'services');
  mkdirSync(folder);
  init('thumb', 'javascript', folder);
  const { lines } = await startLoop(folder);
  rmSync(folder, { recursive: true });
  await expect.poll(() => lines.join('\n')).toMatch(/no longer exists|was deleted/);
});
