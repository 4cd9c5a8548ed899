import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerExamples } from '../../../bin/register-examples.ts';
import { isRunning, until } from '../../../local/test/fixture/until.ts';
import { endedJob, type JobBody, statesOf } from '../../support/local-service/ended-job.ts';
import { type Call, callApi } from '../../support/local-service/local-errand.ts';
import { type ServiceProcess, spawnService } from '../../support/local-service/service-process.ts';
import { processesNaming } from '../../support/processes/processes.ts';

const jobCount = 200;
const submittedAtOnce = 8;

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-killed-'));
const apiKey = `ek_${randomBytes(24).toString('base64url')}`;
const processes: ServiceProcess[] = [];
let url = '';
const client = { call: (path: string, call?: Call) => callApi({ url, apiKey }, path, call) };

/** Ids by the number that the job was given, in the order of their acknowledgement. */
const acknowledged = new Map<number, string>();
const killedAt: number[] = [];
let jobs: readonly JobBody[] = [];

beforeAll(async () => {
  await start();
  await registerExamples({ url, apiKey });
  const submitting = submitAll();
  await untilAcknowledged(jobCount / 2);
  await killAndStart();
  await submitting;
  await killAndStart();
  await untilEnded(jobCount / 4);
  await killAndStart();
  jobs = await inParallel([...acknowledged.values()], (id) => endedWithin(id, 60));
}, 150_000);

afterAll(async () => {
  for (const one of processes) await one.end();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const service = spawnService({ dataDirectory, apiKey });
  processes.push(service);
  url = await service.ready;
}

async function killAndStart(): Promise<void> {
  const service = processes.at(-1);
  killedAt.push(Date.now());
  service?.signal('SIGKILL');
  await service?.ended;
  await start();
}

/** Each job is submitted until it is acknowledged; what a kill interrupted is submitted again. */
async function submitAll(): Promise<void> {
  await inParallel([...Array(jobCount).keys()], async (number) => {
    while (!acknowledged.has(number)) {
      const response = await client.call('/v1/jobs', { body: submission(number) }).catch(() => undefined);
      if (response === undefined) await sleep(50);
      else if (response.status === 202) acknowledged.set(number, response.body.id);
      else expect.fail(`${response.status}: ${JSON.stringify(response.body)}`);
    }
  });
}

/** Every tenth job takes 0.5 to 2 s and the others 0.1 s, so that many are in progress at each kill. */
function submission(number: number) {
  const sleepSeconds = number % 10 === 0 ? 0.5 + ((number / 10) % 4) / 2 : 0.1;
  return { service: 'echo', name: `job ${number}`, parameters: { number, sleepSeconds } };
}

async function inParallel<In, Out>(items: readonly In[], run: (item: In) => Promise<Out>): Promise<Out[]> {
  const responses: Out[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) responses[index] = await run(item);
  };
  await Promise.all(Array.from({ length: submittedAtOnce }, worker));
  return responses;
}

async function untilAcknowledged(count: number): Promise<void> {
  await until(`${count} jobs are acknowledged`, () => acknowledged.size >= count);
}

async function untilEnded(count: number): Promise<void> {
  await until(`${count} jobs have ended`, async () => {
    const { body } = await client.call(`/v1/jobs?status=succeeded&limit=${count}`);
    return body.items.length >= count;
  });
}

async function endedWithin(id: string, seconds: number): Promise<JobBody> {
  const giveUpAt = Date.now() + seconds * 1000;
  for (;;) {
    const job = await endedJob(client, id).catch((error: unknown) => {
      if (Date.now() > giveUpAt) throw error;
      return undefined;
    });
    if (job !== undefined) return job;
  }
}

describe(`a service that is killed three times while ${jobCount} jobs are in progress`, () => {
  test('has acknowledged jobs in progress at each kill', () => {
    const inFlight = killedAt.map(
      (at) =>
        jobs.filter((job) => Date.parse(job.requestedAt) < at && Date.parse(job.finishedAt) > at).length,
    );
    expect(inFlight).toHaveLength(3);
    // The number depends on the speed of the machine: usually more than a hundred, on a busy machine a dozen.
    for (const count of inFlight) expect(count).toBeGreaterThan(5);
  });

  test('ends every acknowledged job as succeeded, with its own result', () => {
    expect(jobs).toHaveLength(jobCount);
    for (const [number, id] of acknowledged) {
      const job = jobs.find((one) => one.id === id);
      expect(job).toMatchObject({ status: 'succeeded', name: `job ${number}`, result: { number } });
    }
  });

  test('uses up no attempt, and ends no job twice', async () => {
    expect(jobs.filter(({ attempt }) => attempt !== 1)).toEqual([]);
    const histories = await inParallel([...acknowledged.values()], (id) => statesOf(client, id));
    const usual = ['pending', 'executing', 'succeeded'];
    expect(histories.filter((states) => states.join() !== usual.join())).toEqual([]);
  });

  test('lists each acknowledged job once', async () => {
    const listed: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await client.call(`/v1/jobs?limit=30${cursor}`);
      listed.push(...body.items.map(({ id }: JobBody) => id));
      if (body.nextCursor === undefined) break;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect([...acknowledged.values()].filter((id) => !listed.includes(id))).toEqual([]);
  });

  test('stops within 5 s of SIGTERM with status 0, with or without jobs in progress', async () => {
    await inParallel([1, 2, 3, 4, 5], () =>
      client.call('/v1/jobs', { body: { service: 'echo', parameters: { sleepSeconds: 30 } } }),
    );
    const service = processes.at(-1);
    const signalledAt = Date.now();
    service?.signal('SIGTERM');
    expect(await service?.ended).toMatchObject({ exitStatus: 0, signal: null, problems: '' });
    expect(Date.now() - signalledAt).toBeLessThan(5000);
  });

  test('leaves no process running', async () => {
    const all = processes.flatMap((one) => one.family());
    expect(all.length).toBeGreaterThan(processes.length); // the engine and its watcher are among the processes
    await until('the last process ends', () => !all.some(isRunning));
    expect(processesNaming(dataDirectory)).toEqual([]);
  });
});
