import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../local/free-port.ts';

/** A program of an installed package, as a shell runs it. */
interface Installed {
  /** Node.js that starts the command; the command finds Node.js 24 itself. */
  readonly node: string;
  /** The folder in which the package is installed. */
  readonly project: string;
}

/**
 * Creates a service with the installed command, runs it, changes its code and runs it again. Throws if a result is wrong, or if the
 * command does not end with 0.
 */
export async function developService({ node, project }: Installed): Promise<void> {
  const errand = join(project, 'node_modules', 'errand', 'package', 'errand.js');
  const created = spawnSync(node, [errand, 'init', 'thumb'], { cwd: project, encoding: 'utf8' });
  assert.equal(created.status, 0, created.stderr);
  const folder = join(project, 'thumb');
  const port = await freePort();
  const dev = spawn(node, [errand, 'dev', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => dev.once('close', resolve));
  const lines = createInterface({ input: dev.stdout });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => line.includes(text) && resolve());
      void ended.then(() => reject(new Error(`errand dev ended without printing "${text}"`)));
    });
  try {
    await printed('Watching');
    const apiKey = readFileSync(join(folder, '.errand', 'api-key'), 'utf8').trim();
    const api = { url: `http://127.0.0.1:${port}/v1/jobs`, apiKey };
    assert.deepEqual(await resultOfJob(api), { greeting: 'Hello World' });
    const docs = await fetch(`http://127.0.0.1:${port}/v1/docs`);
    assert.match(await docs.text(), /<h1 id="errand">/);
    const reloaded = printed('reloaded');
    const file = join(folder, 'src', 'greet.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Hello', 'Goodbye'));
    await reloaded;
    assert.deepEqual(await resultOfJob(api), { greeting: 'Goodbye World' });
  } finally {
    dev.kill('SIGINT');
  }
  assert.equal(await ended, 0);
}

/** Creates a service for a container with the installed command. Throws if a module of the package is missing or broken. */
export function createContainer({ node, project }: Installed): void {
  const errand = join(project, 'node_modules', 'errand', 'package', 'errand.js');
  const options = { cwd: project, encoding: 'utf8' } as const;
  const created = spawnSync(node, [errand, 'init', 'box', '--language', 'container'], options);
  assert.equal(created.status, 0, created.stderr);
  const cwd = join(project, 'box');
  const imported = spawnSync('python3', ['-c', 'import attempt, data, main'], { ...options, cwd });
  assert.equal(imported.status, 0, imported.stderr);
}

async function resultOfJob({
  url,
  apiKey,
}: {
  readonly url: string;
  readonly apiKey: string;
}): Promise<unknown> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', prefer: 'wait=60' };
  const body = JSON.stringify({ service: 'thumb', parameters: {} });
  const job = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { id: string };
  return (await fetch(`${url}/${job.id}/result`, { headers })).json();
}
