/**
 * Measures how much memory `npm start` keeps resident: after its start, after 1,000 and 5,000 jobs, and a minute later. Prints
 * MiB of the service and of its child processes; the figures have no limits. Needs Linux.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnService } from '../support/local-service/service-process.ts';

const parallel = 16;
const apiKey = 'the-key-of-the-memory-benchmark';
const headers = { 'x-api-key': apiKey, 'content-type': 'application/json', prefer: 'wait=60' };
const definition = {
  parameters: { type: 'object' },
  dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
};

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-memory-'));
const service = spawnService({ dataDirectory, apiKey });
try {
  const url = await service.ready;
  print('after the start');
  const registered = await fetch(`${url}/v1/services/echo/versions/1.0.0`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(definition),
  });
  if (!registered.ok) throw new Error(await registered.text());
  await runJobs(url, 1000);
  print('after 1,000 jobs');
  await runJobs(url, 4000);
  print('after 5,000 jobs');
  await sleep(60_000);
  print('a minute later');
} finally {
  service.signal('SIGTERM');
  await service.ended;
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function runJobs(url: string, jobs: number): Promise<void> {
  let left = jobs;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const body = JSON.stringify({ service: 'echo@1.0.0', parameters: { n: left } });
      const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: parallel }, client));
}

function print(when: string): void {
  const [own = 0, ...below] = service.family().map(residentMiB);
  console.log(
    `${when.padEnd(18)} ${own} MiB, processes below it ${below.reduce((sum, one) => sum + one, 0)} MiB`,
  );
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kibibytes) / 1024);
}
