import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Invocation } from '../../../core/jobs/model/job.ts';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob as endedAtOnce } from '../../support/jobs/jobs.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';

/** Writes lines, and then returns, throws, or does not end. */
const plain = `
export const handler = async ({ name, ends = 'returns' }) => {
  console.log('first line of ' + name);
  process.stdout.write('a line in ');
  process.stdout.write('two parts\\nand no line end');
  if (ends === 'throws') throw new Error('on purpose');
  if (ends === 'never') for (;;);
  return null;
};
`;

const other = newTenant();
let errand: TestErrand;

beforeAll(async () => {
  const rootDirectory = resolve(import.meta.dirname, '../../..');
  const [bundle] = await bundleEntry({ rootDirectory, entryFile: 'test/e2e/worker/fixture/talker.ts' });
  errand = await startChangedErrand([
    withFunctions({
      'errand-service-plain': { module: plain, timeoutSeconds: 2 },
      'errand-service-talker': { module: Buffer.from(bundle?.contents ?? []).toString() },
    }),
  ]);
  await addKey(errand.cloud, other.holder);
  for (const call of [{}, other.call])
    for (const [name, payload] of [
      ['plain', 'parameters'],
      ['talker', 'envelope'],
    ])
      await register(`${name}`, `${payload}`, call);
});
afterAll(() => errand?.end());

async function register(name: string, payload: string, call: Call): Promise<void> {
  const dispatcher = { kind: 'lambda', functionName: `errand-service-${name}`, payload };
  const body = { parameters: { type: 'object' }, dispatcher };
  const { status } = await errand.call(`/v1/services/${name}/versions/1.0.0`, {
    method: 'PUT',
    body,
    ...call,
  });
  expect(status).toBe(201);
}

async function logs(jobId: string, query = '', call: Call = {}): Promise<ApiResponse> {
  return expectDocumented(await errand.call(`/v1/jobs/${jobId}/logs${query}`, call), 'getLogs');
}

/** All lines of an attempt that has ended. */
async function messages(jobId: string, query = '', call: Call = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for (let next: string | undefined = query; next !== undefined; ) {
    const { body, headers } = await logs(jobId, next, call);
    found.push(...body.items.map(({ message }: { message: string }) => message));
    next =
      headers.has('retry-after') || body.nextCursor === undefined ? undefined : `?cursor=${body.nextCursor}`;
  }
  return found;
}

/** A caller of a tenant. */
const as = (tenant: Call) => ({
  call: (path: string, call: Call = {}) => errand.call(path, { ...call, ...tenant }),
});

async function ended(service: string, parameters: object, call: Call = {}): Promise<JobBody> {
  const { id } = await submitJob(errand, { service, parameters }, call);
  return endedJob(as(call), id);
}

/** Stores a job that ended with this log long ago, and returns its ID. */
async function putEnded(invocation?: Invocation): Promise<string> {
  const id = jobIdAt(Date.now() - 3_600_000);
  const service = { name: 'plain', version: '1.0.0' };
  const issuedTokenFingerprints = [Buffer.alloc(12, 1).toString('base64url')];
  const members = { id, service, attempt: 1, issuedTokenFingerprints };
  await putJob(
    errand,
    endedAtOnce('succeeded', { ...members, ...(invocation === undefined ? {} : { invocation }) }),
  );
  return id;
}

const plainLines = (name: string) => [`first line of ${name}`, 'a line in two parts', 'and no line end'];
const talkerLines = ({ id }: JobBody) => [`first line of ${id}`, `last line of ${id}`];

describe('the log of an attempt on Lambda', () => {
  test('has the lines of its invocation only, although the jobs of several tenants share a stream', async () => {
    const jobs = [];
    for (const [name, call] of [
      ['a', {}],
      ['b', other.call],
      ['c', {}],
    ] as const)
      jobs.push({ name, call, job: await ended('plain', { name }, call) });
    for (const { name, call, job } of jobs) {
      expect(job.status).toBe('succeeded');
      expect(await messages(job.id, '', call)).toEqual(plainLines(name));
      expect(await messages(job.id, '?limit=1', call)).toEqual(plainLines(name));
    }
  });

  test('has the times of its lines', async () => {
    const job = await ended('plain', { name: 'a' });
    const { body } = await logs(job.id);
    for (const { at } of body.items)
      expect(Math.abs(Date.parse(at) - Date.parse(job.finishedAt))).toBeLessThan(10_000);
  });

  test('has the lines before a failure that the worker library reports', async () => {
    const job = await ended('talker', { fails: true });
    expect(job.error).toMatchObject({ code: 'service-failed', detail: 'on purpose' });
    const lines = await messages(job.id);
    expect(lines.slice(0, 2)).toEqual(talkerLines(job));
    expect(lines[2]).toContain('ERROR');
  });

  test('has the lines before a time-out, and the time-out itself', async () => {
    const job = await ended('plain', { name: 'a', ends: 'never' });
    expect(job.error.code).toBe('timeout');
    const lines = await messages(job.id);
    expect(lines.slice(0, 2)).toEqual(plainLines('a').slice(0, 2));
    expect(lines.at(-1)).toContain('Task timed out after 2.00 seconds');
  });

  test('can be followed while the service runs, once it has reported', async () => {
    const file = join(errand.dataDirectory, 'enough');
    const { id } = await submitJob(errand, { service: 'talker', parameters: { until: file } });
    const seen: string[] = [];
    let query = '';
    const readNext = async () => {
      const { body } = await logs(id, query);
      seen.push(...body.items.map(({ message }: { message: string }) => message));
      query = `?cursor=${body.nextCursor}`;
      return seen.length;
    };
    await until('the first line is there', async () => (await readNext()) > 0);
    expect((await errand.call(`/v1/jobs/${id}`)).body.status).toBe('executing');
    writeFileSync(file, '');
    const job = await endedJob(errand, id);
    await until('the last line is there', async () => (await readNext()) > 1);
    expect(seen).toEqual(talkerLines(job));
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    expect(body.items[0].log).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      stream: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
  });

  test('is empty, which is no error, before an attempt and for an attempt that does not exist', async () => {
    const { body: draft } = await errand.call('/v1/jobs', { body: { service: 'plain', start: false } });
    expect((await logs(draft.id)).body).toEqual({ items: [], nextCursor: expect.any(String) });
    const { id } = await ended('plain', { name: 'a' });
    expect((await logs(id, '?attempt=2')).body.items).toEqual([]);
  });
});

describe('the log of an attempt on Lambda is refused', () => {
  test('where the request ID is not known, with the reason', async () => {
    const job = await ended('plain', { name: 'a', ends: 'throws' });
    expect(job.error.code).toBe('service-failed');
    const { body } = await errand.call(`/v1/jobs/${job.id}/attempts`);
    expect(body.items[0]).not.toHaveProperty('log');
    const response = await logs(await putEnded());
    expectProblem(response, 'log-out-of-reach');
    expect(response.body.detail).toContain('The request ID of the invocation is not known');
  });

  test('where its lines have expired, with the log group', async () => {
    await ended('plain', { name: 'a' });
    const requestId = '01234567-89ab-cdef-0123-456789abcdef';
    const response = await logs(await putEnded({ requestId }));
    expectProblem(response, 'log-out-of-reach');
    expect(response.body.detail).toContain('/aws/lambda/errand-service-plain');
    expect(response.body.detail).toContain(requestId);
  });

  test('where the function reported a log group of its own, which Errand has no permission to read', async () => {
    const response = await logs(
      await putEnded({ requestId: '01234567-89ab-cdef-0123-456789abcdef', group: '/own', stream: 's' }),
    );
    expectProblem(response, 'log-out-of-reach');
    expect(response.body.detail).toContain('no permission to read the log group /own');
  });

  test('while the logs are throttled', async () => {
    const { id } = await ended('plain', { name: 'a' });
    const heal = errand.cloud.faults.add({ service: 'logs', kind: 'throttle' });
    try {
      expectProblem(await logs(id), 'unavailable');
    } finally {
      heal();
    }
    expect((await logs(id)).status).toBe(200);
  });

  test('with a cursor that leads to another place, so that no caller reads lines of another job', async () => {
    const { id } = await ended('plain', { name: 'a' });
    const { body } = await logs(id, '?limit=1');
    const damaged = Buffer.from(body.nextCursor, 'base64url').toString().replace('"text"', '"json"');
    for (const cursor of [Buffer.from(damaged).toString('base64url'), `${body.nextCursor}A`])
      expectProblem(await logs(id, `?cursor=${cursor}`), 'bad-cursor');
  });
});
