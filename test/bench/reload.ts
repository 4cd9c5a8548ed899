/*
`npm run bench:reload [-- --language python]`: measures how long it takes from saving a source file until a job runs the new code, with
`errand dev` and a new service. Prints the median and the longest of 20 changes; the figures have no limits. Jobs are submitted one
after the other, so a figure includes the time of a job.
*/
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { freePort } from '../../local/free-port.ts';
import { percentile } from './measure.ts';

const { values } = parseArgs({ options: { language: { type: 'string', default: 'typescript' } } });
const sources: Readonly<Record<string, string>> = {
  typescript: 'src/greet.ts',
  javascript: 'src/greet.js',
  python: 'greet.py',
};
const source = sources[values.language];
if (source === undefined) throw new Error(`--language must be one of ${Object.keys(sources).join(', ')}`);

const changes = 20;
const errand = join(import.meta.dirname, '..', '..', 'package', 'errand.js');
const parent = mkdtempSync(join(tmpdir(), 'errand-reload-'));
spawnSync(process.execPath, [errand, 'init', 'thumb', '--language', values.language], { cwd: parent });
const folder = join(parent, 'thumb');
const port = await freePort();
const dev = spawn(process.execPath, [errand, 'dev', '--port', String(port)], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => dev.once('close', resolve));
try {
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: dev.stdout }).on('line', (line) => line.includes('Watching') && resolve());
    void ended.then(() => reject(new Error('errand dev ended before it was ready')));
  });
  const apiKey = readFileSync(join(folder, '.errand', 'api-key'), 'utf8').trim();
  const runJob = async (): Promise<string> => {
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', prefer: 'wait=60' };
    const url = `http://127.0.0.1:${port}/v1/jobs`;
    const body = JSON.stringify({ service: 'thumb', parameters: {} });
    const job = (await (await fetch(url, { method: 'POST', headers, body })).json()) as { id: string };
    return (await fetch(`${url}/${job.id}/result`, { headers })).text();
  };
  await runJob();
  const file = join(folder, source);
  const code = readFileSync(file, 'utf8');
  const times: number[] = [];
  for (let change = 1; change <= changes; change++) {
    const savedAt = performance.now();
    writeFileSync(file, code.replace('Hello', `Change${change}x`));
    while (!(await runJob()).includes(`Change${change}x`));
    times.push(performance.now() - savedAt);
  }
  const seconds = (share: number) => `${(percentile(times, share) / 1000).toFixed(2)} s`;
  console.log(
    `${values.language}: a saved change runs after ${seconds(0.5)} (median of ${changes}), at most ${(Math.max(...times) / 1000).toFixed(2)} s`,
  );
} finally {
  dev.kill('SIGTERM');
  await ended;
  rmSync(parent, { recursive: true, force: true });
}
