/*
`npm run verify:api`: Schemathesis makes requests from the OpenAPI document, valid and invalid ones, sends them to a local service
and compares the responses with the document, with all its checks. Findings that are not errors are listed in schemathesis.toml.
Usage: node test/api/check-api.ts [SEED [CASES]]; CASES is how many are drawn at random for each operation, after those of its
limits. The seed is printed. Needs python3 (3.11 or later) with pip. Exits with 1 on a finding, and when too few requests were sent.
The number of cases is fixed instead of the time: a faster machine would send more, and other, requests.
*/
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChangedErrand } from '../support/local-service/changed-errand.ts';
import { submitJob } from '../support/local-service/ended-job.ts';
import { pausedFunctionName, startPausedService } from '../support/local-service/paused-service.ts';
import { pythonEnvironment } from '../support/processes/python-environment.ts';

const here = import.meta.dirname;
const seed = process.argv[2] ?? '1';
const casesOfAnOperation = process.argv[3] ?? '100';
const leastCases = 2_000;

const work = mkdtempSync(join(tmpdir(), 'errand-api-'));
const python = pythonEnvironment(join(here, 'requirements.txt'));
const paused = await startPausedService();
const errand = await startChangedErrand([paused.change]);
try {
  const { job, worker } = await runningAttempt();
  const { status, cases } = await run({
    ERRAND_API_KEY: errand.apiKey,
    ERRAND_WORKER_JOB: job.id,
    ERRAND_WORKER_TOKEN: worker.token,
  });
  console.log(`seed ${seed}: ${cases} cases, Schemathesis ended with ${status}`);
  if (status !== 0 || cases < leastCases) process.exitCode = 1;
} finally {
  await errand.end();
  await paused.stop();
  rmSync(work, { recursive: true, force: true });
}

/** An attempt that runs until somebody reports its end, for the routes of workers. */
async function runningAttempt() {
  const dispatcher = { kind: 'lambda', functionName: pausedFunctionName };
  const path = '/v1/services/paused/versions/1.0.0';
  const response = await errand.call(path, { method: 'PUT', body: { parameters: {}, dispatcher } });
  if (response.status !== 201) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
  const { id } = await submitJob(errand, { service: 'paused' });
  return paused.invocation(id);
}

interface Outcome {
  readonly status: number | null;
  /** As Schemathesis itself counts them; 0 if it did not finish. */
  readonly cases: number;
}

async function run(settings: Readonly<Record<string, string>>): Promise<Outcome> {
  const options = [
    ['--seed', seed],
    ['--max-examples', casesOfAnOperation],
    ['--phases', 'examples,coverage,fuzzing'],
    ['--request-timeout', '60'],
    ['--generation-database', 'none'],
    // Several threads can fail in ast.parse of CPython 3.11 (https://github.com/python/cpython/issues/106905).
    ['--workers', '1'],
    ['--continue-on-failure'],
    ['--no-color'],
  ].flat();
  const config = ['--config-file', join(here, 'schemathesis.toml')];
  const command = [...config, 'run', `${errand.url}/v1/openapi.json`, ...options];
  const child = spawn(join(python, 'schemathesis'), command, {
    // It finds its hooks from here, and leaves its cache there.
    cwd: work,
    env: { ...process.env, ...settings, PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    process.stdout.write(chunk);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { status, cases: Number(/(\d+) generated/.exec(printed)?.[1] ?? 0) };
}
