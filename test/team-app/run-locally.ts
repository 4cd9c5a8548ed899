import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '../../local/free-port.ts';
import { until } from '../../local/test/fixture/until.ts';

const services = ['thumbnails', 'match-names', 'estimate-pi'];

/** Installing packages for this machine and starting a container may take long on a busy one. */
const startLimitMs = 300_000;
const jobLimitSeconds = 120;

/**
 * Runs the installed team app beside Errand, registers its services and runs a job of each. Throws if a result is wrong, or if the
 * queue of the team does not receive the end of each job.
 */
export async function runLocally(app: string): Promise<void> {
  const errand = join(app, 'node_modules', 'errand', 'package', 'errand.js');
  const port = await freePort();
  const dataDirectory = join(app, '.errand');
  const running = spawn(process.execPath, [errand, 'start', '--app', app, '--port', String(port)], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => running.once('close', resolve));
  const lines: string[] = [];
  createInterface({ input: running.stdout }).on('line', (line) => void lines.push(line));
  try {
    await until(
      'errand start is ready',
      () => lines.some((line) => line.startsWith('Errand is ready')) || running.exitCode !== null,
      startLimitMs,
    );
    assert.ok(lines.includes('The app team-app runs: TeamApp'), lines.join('\n'));
    const pushed = execFileSync(process.execPath, [errand, 'services', 'push'], {
      cwd: app,
      encoding: 'utf8',
    });
    for (const service of services)
      assert.match(pushed, new RegExp(`^${service} 1\\.0\\.0 {2}registered`, 'm'));
    assert.doesNotMatch(pushed, /warning/);

    const apiKey = readFileSync(join(dataDirectory, 'api-key'), 'utf8').trim();
    const run = (service: string, parameters: object) =>
      resultOf({ url: `http://127.0.0.1:${port}`, apiKey }, { service, parameters });
    const { width, height } = (await run('thumbnails', { width: 90 })) as Record<string, unknown>;
    assert.deepEqual({ width, height }, { width: 90, height: 60 });
    const names = { name: 'Ada', candidates: ['Adam', 'Grace', 'Alan'], limit: 1 };
    const [best] = (await run('match-names', names)) as ReadonlyArray<{ readonly name: string }>;
    assert.equal(best?.name, 'Adam');
    const { pi } = (await run('estimate-pi', { points: 20_000 })) as { pi: number };
    assert.ok(pi > 3 && pi < 3.3, `pi is ${pi}`);
    await until(
      'the rule sends the end of each job to the queue',
      () => messagesIn(dataDirectory) === 3,
      60_000,
    );
  } finally {
    running.kill('SIGINT');
  }
  assert.equal(await ended, 0);
}

/** Messages of all queues: the runtime writes them to a database that can be read at the same time. */
function messagesIn(dataDirectory: string): number {
  const database = new DatabaseSync(join(dataDirectory, 'sqs', 'messages.db'), { readOnly: true });
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM messages').get()?.['count']);
  } finally {
    database.close();
  }
}

interface Api {
  readonly url: string;
  readonly apiKey: string;
}

async function resultOf({ url, apiKey }: Api, submission: object): Promise<unknown> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', prefer: 'wait=20' };
  const body = JSON.stringify(submission);
  const submitted = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body });
  let job = (await submitted.json()) as { id: string; status: string };
  for (let waited = 0; !isEnded(job.status) && waited < jobLimitSeconds; waited += 20)
    job = (await (await fetch(`${url}/v1/jobs/${job.id}`, { headers })).json()) as typeof job;
  assert.equal(job.status, 'succeeded', JSON.stringify(job));
  return (await fetch(`${url}/v1/jobs/${job.id}/result`, { headers })).json();
}

function isEnded(status: string | undefined): boolean {
  return ['succeeded', 'failed', 'error', 'aborted'].includes(status ?? 'failed');
}
