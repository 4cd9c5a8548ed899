import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../../core/contract/routes/routes.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

type Headers = Readonly<Record<string, string>>;

/** 1 to 60. */
const wholeSeconds = /^(?:[1-9]|[1-5]\d|60)$/;
const unknownId = '01a1fd71-2cd5-7000-8000-000000000000';
const malformed = { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } };
const tooLong = {
  service: 'echo',
  parameters: { sleepSeconds: 5 },
  attemptTimeoutSeconds: 1,
  retry: { maxAttempts: 1 },
};

let errand: TestErrand;
let running: JobBody;
let succeeded: JobBody;
beforeAll(async () => {
  errand = await startTestErrand();
  running = (await get((await sleeper(120)).id, { 'if-none-match': '"1"', prefer: 'wait=20' })).body;
  expect(running.status).toBe('executing');
  succeeded = await end({ service: 'echo', parameters: { a: 1 } });
});
afterAll(() => errand?.end());

async function submit(body: object, headers: Headers = {}): Promise<JobBody> {
  return expectDocumented(await errand.call('/v1/jobs', { body, headers }), 'submitJob').body;
}

const end = (body: object) => submit(body, { prefer: 'wait=20' });
const sleeper = (sleepSeconds: number) => submit({ service: 'echo', parameters: { sleepSeconds } });

async function get(id: string, headers: Headers = {}) {
  return expectDocumented(await errand.call(`/v1/jobs/${id}`, { headers }), 'getJob');
}

async function result(id: string, headers: Headers = {}) {
  return expectDocumented(await errand.call(`/v1/jobs/${id}/result`, { headers }), 'getResult');
}

async function list(query: string) {
  return expectDocumented(await errand.call(`/v1/jobs?${query}`), 'listJobs');
}

describe('a job', () => {
  test('is returned as in the response to its submission, with its tag', async () => {
    const response = await get(succeeded.id);
    expect(response).toMatchObject({ status: 200, body: succeeded });
    expect(response.headers.get('etag')).toBe(`"${succeeded.version}"`);
    expect(response.headers.has('retry-after')).toBe(false);
    expect(response.headers.has('preference-applied')).toBe(false);
  });

  test('has times in order, and links that work', async () => {
    const { requestedAt, scheduledAt, startedAt, finishedAt, updatedAt } = succeeded;
    const times = [requestedAt, scheduledAt, startedAt, finishedAt];
    expect([...times].sort()).toEqual(times);
    expect(updatedAt).toBe(finishedAt);
    for (const link of Object.values<string>(succeeded.links)) {
      expect(link.startsWith(errand.url)).toBe(true);
      expect((await errand.call(link.slice(errand.url.length))).status).toBe(200);
    }
  });

  test.each<[string, (id: string) => string]>([
    ['its URN', (id) => `urn:errand:job:${id}`],
    ['its URN, percent-encoded', (id) => encodeURIComponent(`urn:errand:job:${id}`)],
    ['its id in upper case', (id) => id.toUpperCase()],
    ['its URN in upper case', (id) => `URN:ERRAND:JOB:${id.toUpperCase()}`],
    [
      'its id, every character encoded',
      (id) => [...id].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
    ],
  ])('is found by %s', async (_, nameOf) => {
    expect((await get(nameOf(succeeded.id))).body.id).toBe(succeeded.id);
    expect((await result(nameOf(succeeded.id))).body).toEqual({ a: 1 });
  });

  test.each([
    unknownId,
    'nonsense',
    'urn:errand:job:nonsense',
    'urn:errand:service:echo:1.0.0',
    `${unknownId}0`,
    '%00',
  ])('that is named %s is not found, on any route', async (id) => {
    const below: ReadonlyArray<readonly [string, OperationId]> = [
      ['', 'getJob'],
      ['/result', 'getResult'],
      ['/request', 'getRequest'],
      ['/events', 'getEvents'],
    ];
    for (const [rest, operationId] of below)
      expectProblem(expectDocumented(await errand.call(`/v1/jobs/${id}${rest}`), operationId), 'not-found');
  });
});

describe('If-None-Match', () => {
  const tag = () => `"${succeeded.version}"`;

  test.each<[string, (tag: string) => string]>([
    ['the tag', (it) => it],
    ['the tag as a weak one', (it) => `W/${it}`],
    ['a list with the tag', (it) => `"0", ${it}`],
    ['any tag', () => '*'],
  ])('with %s causes a 304 without a body', async (_, value) => {
    const response = await get(succeeded.id, { 'if-none-match': value(tag()) });
    expect(response).toMatchObject({ status: 304, body: '' });
    expect(response.headers.get('etag')).toBe(tag());
  });

  test.each(['"0"', '"33"', 'W/"1"'])('with %s returns the job', async (value) => {
    expect(await get(succeeded.id, { 'if-none-match': value })).toMatchObject({
      status: 200,
      body: succeeded,
    });
  });

  test('and a wait for a job that has ended cause a 304 immediately', async () => {
    const from = performance.now();
    const response = await get(succeeded.id, { 'if-none-match': tag(), prefer: 'wait=20' });
    expect(response.status).toBe(304);
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  test('and a wait return each change of a job until it ends', async () => {
    const job = await sleeper(1.5);
    const seen = [job];
    while (seen.at(-1).finishedAt === undefined) {
      const known = `"${seen.at(-1).version}"`;
      const response = await get(job.id, { 'if-none-match': known, prefer: 'wait=20' });
      expect(response.status).toBe(200);
      expect(response.headers.get('etag')).toBe(`"${response.body.version}"`);
      seen.push(response.body);
    }
    expect(seen.map(({ status }) => status)).toEqual(['pending', 'executing', 'succeeded']);
    expect(seen.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  test('and a wait that ends before a change cause a 304 with the time to poll again', async () => {
    const known = { 'if-none-match': `"${running.version}"`, prefer: 'wait=0.2' };
    const response = await get(running.id, known);
    expect(response.status).toBe(304);
    expect(response.headers.get('retry-after')).toMatch(wholeSeconds);
    expect(response.headers.get('preference-applied')).toBe('wait=0.2');
  });
});

describe('a wait', () => {
  test('ends with the job, and returns its result', async () => {
    const { id } = await sleeper(0.4);
    const [job, value] = await Promise.all([get(id, { prefer: 'wait=20' }), result(id, { timeout: '20' })]);
    expect(job).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect(job.headers.get('preference-applied')).toBe('wait=20');
    expect(value).toMatchObject({ status: 200, body: { sleepSeconds: 0.4 } });
    expect(value.headers.get('preference-applied')).toBe('wait=20');
  });

  test('that ends first returns the job as it is then', async () => {
    const from = performance.now();
    const response = await get(running.id, { prefer: 'wait=0.3' });
    expect(performance.now() - from).toBeGreaterThan(290);
    expect(response).toMatchObject({ status: 200, body: running });
    expect(response.headers.get('retry-after')).toMatch(wholeSeconds);
  });

  test.each<[Headers, string | null]>([
    [{ prefer: 'wait=100' }, 'wait=25'],
    [{ prefer: 'wait' }, 'wait=25'],
    [{ timeout: '1.5' }, 'wait=1.5'],
    [{ prefer: 'wait=0' }, null],
    [{ prefer: 'wait=long' }, null],
  ])('of %o is applied as %s', async (headers, applied) => {
    expect((await get(succeeded.id, headers)).headers.get('preference-applied')).toBe(applied);
    expect((await result(succeeded.id, headers)).headers.get('preference-applied')).toBe(applied);
  });
});

describe('the result', () => {
  test('of a running job is not ready, and the response has the time to poll again', async () => {
    const atOnce = await result(running.id);
    expectProblem(atOnce, 'result-not-ready');
    expect(atOnce.headers.get('retry-after')).toMatch(wholeSeconds);
    const waited = await result(running.id, { prefer: 'wait=0.2' });
    expectProblem(waited, 'result-not-ready');
    expect(waited.headers.get('preference-applied')).toBe('wait=0.2');
  });

  test.each<[string, object, object]>([
    [
      'failed',
      malformed,
      { code: 'service-failed', title: 'The service reported a failure', serviceErrorType: 'malformed-csv' },
    ],
    ['error', tooLong, { code: 'timeout', title: 'The time limit was exceeded' }],
  ])('of a job that is %s has its own problem', async (jobStatus, submission, problem) => {
    const job = await end(submission);
    expect(job.status).toBe(jobStatus);
    const response = await result(job.id);
    expect(response).toMatchObject({
      status: 409,
      body: { ...problem, jobStatus, status: 409, detail: job.error.detail },
    });
    expect(response.body.type).toBe(job.error.type);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test("that violates the service's schema makes the job fail", async () => {
    const body = {
      parameters: {},
      result: { type: 'object', required: ['answer'] },
      dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
    };
    await errand.call('/v1/services/promising/versions/1.0.0', { method: 'PUT', body });
    const job = await end({ service: 'promising', parameters: { question: 1 } });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'invalid-result', retryable: false } });
    expect((await end({ service: 'promising', parameters: { answer: 1 } })).status).toBe('succeeded');
  });
});

test('the request of a job is its submission', async () => {
  const response = expectDocumented(await errand.call(`/v1/jobs/${succeeded.id}/request`), 'getRequest');
  expect(response.body).toEqual({ a: 1 });
});

describe('the list', () => {
  const tagged = 'listed';
  const made: JobBody[] = [];
  const ids = (items: readonly JobBody[]): readonly string[] => items.map(({ id }) => id);
  const newestFirst = (jobs: readonly JobBody[]) => ids(jobs).toSorted().reverse();

  beforeAll(async () => {
    const body = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
    await errand.call(`/v1/services/${tagged}/versions/1.0.0`, { method: 'PUT', body });
    made.push(...(await Promise.all(Array.from({ length: 12 }, () => end({ service: tagged })))));
    // The echo cannot read null: these fail.
    made.push(...(await Promise.all([1, 2, 3].map(() => end({ service: tagged, parameters: null })))));
  });

  test.each([1, 4, 15, 1000])(
    'is complete in pages of %i, newest first, with each job once',
    async (limit) => {
      const path = `/v1/jobs?service=${tagged}&limit=${limit}`;
      const pages = await followPages(errand, { path, operationId: 'listJobs' });
      for (const { items } of pages) expect(items.length).toBeLessThanOrEqual(limit);
      expect(ids(pages.flatMap(({ items }) => [...items]))).toEqual(newestFirst(made));
    },
  );

  test('contains each job once, also while new ones arrive', async () => {
    const before = (await followPages(errand, { path: '/v1/jobs?limit=1000', operationId: 'listJobs' }))[0]
      ?.items;
    const pages = await followPages(errand, { path: '/v1/jobs?limit=7', operationId: 'listJobs' }, () =>
      submit({ service: 'echo' }),
    );
    expect(pages.length).toBeGreaterThan(2);
    expect(ids(pages.flatMap(({ items }) => [...items]))).toEqual(ids(before ?? []));
  });

  test('is filtered by states, by services, and by both', async () => {
    const failed = made.filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(3);
    expect(ids((await list(`service=${tagged}&status=failed`)).body.items)).toEqual(newestFirst(failed));
    expect(ids((await list(`service=${tagged}&status=succeeded,failed,aborted`)).body.items)).toEqual(
      newestFirst(made),
    );
    const both = (await list(`service=${tagged},csv-profile&status=failed,error`)).body.items;
    const profile = both.filter(({ service }: JobBody) => service.name === 'csv-profile');
    expect(profile).toHaveLength(1);
    expect(ids(both)).toEqual(newestFirst([...failed, ...profile]));
    expect((await list('service=never-heard-of')).body).toEqual({ items: [] });
    expect((await list('status=draft')).body.items).toEqual([]);
  });

  test('contains running jobs by their state', async () => {
    expect(ids((await list('status=executing')).body.items)).toContain(running.id);
    expect(ids((await list('status=succeeded,failed,error')).body.items)).not.toContain(running.id);
  });

  test.each([
    'id=nonsense',
    `id=${Array.from({ length: 101 }, () => unknownId).join(',')}`,
    'parent=',
    'tag=',
    `namePrefix=${'n'.repeat(257)}`,
    'createdAfter=yesterday',
    'createdBefore=2026-02-30',
    'order=newest',
    'status=done',
    'status=succeeded,',
    'status=',
    'service=Echo',
    'service=a,,b',
    `service=${Array.from({ length: 21 }, (_, index) => `s${index}`).join(',')}`,
    'limit=1.5',
    'cursor=',
  ])('refuses %s', async (query) => {
    const response = await list(query);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors[0].pointer).toBe(`/${query.split('=')[0]}`);
  });

  test.each(['1001', '999999999'])('lowers a limit of %s', async (limit) => {
    expect((await list(`limit=${limit}`)).status).toBe(200);
  });

  test('accepts a cursor only with the filters of its list, in any order', async () => {
    const first = (await list(`service=${tagged},echo&status=succeeded,failed&limit=1`)).body;
    const same = await list(
      `cursor=${first.nextCursor}&status=failed,succeeded&service=echo,${tagged}&limit=1`,
    );
    expect(same.status).toBe(200);
    expect(same.body.items[0].id < first.items[0].id).toBe(true);
    const others = [`cursor=${first.nextCursor}`, `service=echo&cursor=${first.nextCursor}`];
    const changed = `${first.nextCursor.slice(0, -1)}${first.nextCursor.endsWith('A') ? 'B' : 'A'}`;
    const services = (await errand.call('/v1/services?limit=1')).body.nextCursor;
    for (const query of [...others, `service=${tagged},echo&status=succeeded,failed&cursor=${changed}`])
      expectProblem(await list(query), 'bad-cursor');
    for (const cursor of ['nonsense', services, 'x'.repeat(256)])
      expectProblem(await list(`cursor=${cursor}`), 'bad-cursor');
  });
});

test('every documented response occurs', () => {
  // Only an upload creates a result that is served from another URL: worker.test.ts covers its response.
  const unseen = uncheckedResponses(['getJob', 'getResult', 'getRequest', 'listJobs']);
  expect(unseen).toEqual(['getResult 303']);
});
