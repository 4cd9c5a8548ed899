/**
 * `npm run bench:turns`: 300 jobs of 3 s on 5 slots of a function, through a separate local service, and one job of another
 * tenant behind them. Exits with 1 when they take more than 1.25 times the ideal, or when the other tenant's job waits for more
 * than two slot times.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerExamples } from '../../bin/register-examples.ts';
import { startErrand } from '../../bin/start-errand.ts';
import { addKey } from '../support/local-service/add-key.ts';
import { reservedConcurrency } from '../support/local-service/assembly-changes.ts';
import { copyAssembly } from '../support/local-service/assembly-copy.ts';

const [jobs, slots, seconds] = [300, 5, 3];
const submission = { service: 'echo', parameters: { sleepSeconds: seconds } };
const otherKey = 'the-key-of-another-tenant';

interface Job {
  readonly status: string;
  readonly attempt: number;
  readonly requestedAt: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-turns-'));
const assemblyDirectory = join(dataDirectory, 'assembly');
await copyAssembly(assemblyDirectory, [reservedConcurrency('errand-service-echo', slots)]);
const errand = await startErrand({ port: 0, dataDirectory, assemblyDirectory });
try {
  await registerExamples(errand);
  const scopes = ['jobs:read', 'jobs:write', 'services:write', 'services:read'] as const;
  await addKey(errand.cloud, { key: otherKey, tenant: 'other', principal: 'somebody', scopes });
  await registerExamples({ ...errand, apiKey: otherKey });
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  await errand.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function measure(): Promise<boolean> {
  const began = Date.now();
  for (let index = 0; index < jobs; index += 100)
    await call('/v1/jobs/batch', { jobs: Array.from({ length: 100 }, () => submission) });
  await sleep(30_000);
  const single = (await call('/v1/jobs', submission, { apiKey: otherKey, prefer: 'wait=60' })) as Job;
  let all = await list();
  while (all.some(({ finishedAt }) => finishedAt === undefined)) {
    await sleep(2000);
    all = await list();
  }
  const last = Math.max(...all.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
  const ratio = (last - began) / ((jobs / slots) * seconds * 1000);
  const wait = (Date.parse(single.startedAt) - Date.parse(single.requestedAt)) / 1000;
  const unusual = all.filter(({ status, attempt }) => status !== 'succeeded' || attempt !== 1).length;
  console.log(`${jobs} jobs of ${seconds} s on ${slots} slots: ${ratio.toFixed(3)} times the ideal`);
  console.log(
    `one job of another tenant, 30 s behind them: waited ${wait.toFixed(1)} s of ${2 * seconds} s at most`,
  );
  console.log(`jobs that did not succeed with their first attempt: ${unusual}`);
  return ratio <= 1.25 && wait <= 2 * seconds && unusual === 0;
}

async function list(): Promise<readonly Job[]> {
  const all: Job[] = [];
  let path: string | undefined = '/v1/jobs?limit=100';
  while (path !== undefined) {
    const page = (await call(path)) as { readonly items: readonly Job[]; readonly nextCursor?: string };
    all.push(...page.items);
    path =
      page.nextCursor === undefined
        ? undefined
        : `/v1/jobs?limit=100&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  return all;
}

async function call(
  path: string,
  body?: unknown,
  { apiKey = errand.apiKey, prefer = '' }: { readonly apiKey?: string; readonly prefer?: string } = {},
): Promise<unknown> {
  const response = await fetch(`${errand.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'x-api-key': apiKey,
      'content-type': 'application/json',
      ...(prefer === '' ? {} : { prefer }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
