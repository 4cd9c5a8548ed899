/** Measures the time of no-op jobs through a separate local service and prints the figures, which have no limits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerExamples } from '../../bin/register-examples.ts';
import { startErrand } from '../../bin/start-errand.ts';

const idleJobs = 50;
const burstJobs = 200;
const parallel = 25;

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-bench-'));
const errand = await startErrand({ port: 0, dataDirectory });
try {
  await registerExamples(errand);
  for (let warmUp = 0; warmUp < 20; warmUp += 1) await runJob();
  const idle = [];
  for (let index = 0; index < idleJobs; index += 1) idle.push(await timed(runJob));
  const seconds = (await timed(burst)) / 1000;
  console.log(
    `idle latency, from submission to the response with the ended job: p50 ${at(idle, 0.5)} ms, p95 ${at(idle, 0.95)} ms (${idleJobs} jobs, one at a time)`,
  );
  console.log(
    `rate: ${(burstJobs / seconds).toFixed(0)} jobs a second (${burstJobs} jobs, ${parallel} at a time, ${seconds.toFixed(2)} s)`,
  );
} finally {
  await errand.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function burst(): Promise<void> {
  let left = burstJobs;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await runJob();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

async function runJob(): Promise<void> {
  const response = await fetch(`${errand.url}/v1/jobs`, {
    method: 'POST',
    headers: { 'x-api-key': errand.apiKey, 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ service: 'echo@1.0.0', parameters: { n: 1 } }),
  });
  const job = (await response.json()) as { status: string };
  if (response.status !== 200 || job.status !== 'succeeded')
    throw new Error(`${response.status} ${JSON.stringify(job)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1);
}
