import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { endedJob } from '../../support/jobs/jobs.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';

/** Every job in these tests uses services of their own, so that counts are exact. */
const services = ['lists-a', 'lists-ab'] as const;

let errand: TestErrand;
const made: JobBody[] = [];
let running: JobBody;

async function submit(body: object, prefer = 'wait=20'): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body, headers: { prefer } });
  return expectDocumented(response, 'submitJob').body;
}

beforeAll(async () => {
  errand = await startTestErrand();
  const body = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
  for (const service of services)
    await errand.call(`/v1/services/${service}/versions/1.0.0`, { method: 'PUT', body });
  await errand.call(`/v1/services/${services[0]}/versions/1.1.0`, { method: 'PUT', body });
  const jobs = [
    { service: 'lists-a@1.0.0', tags: ['red', 'a, b & ü'] },
    { service: 'lists-ab', name: 'lists-a nightly', tags: ['red'] },
    { service: 'lists-ab' },
    { service: 'lists-a@1.1.0', name: 'weekly', parameters: null },
  ];
  for (const job of jobs) made.push(await submit({ parameters: {}, ...job }));
  running = await submit({ service: 'lists-ab', tags: ['red'], parameters: { sleepSeconds: 300 } }, 'wait=0');
  made.push(running);
  made.push(await submit({ service: 'lists-a@1.0.0', name: 'part', parameters: {}, parentId: running.id }));
});
afterAll(() => errand?.end());

const list = async (query: string) => expectDocumented(await errand.call(`/v1/jobs?${query}`), 'listJobs');
const ids = (jobs: readonly JobBody[]) => jobs.map(({ id }) => id);

describe('the list of jobs', () => {
  const at = (index: number): JobBody => made[index] as JobBody; // made before the tests
  /** Indexes in the order of their submission. */
  const newestFirst = (...indexes: readonly number[]) => indexes.map((index) => made[index]?.id);

  test.each<readonly [string, () => string, readonly number[]]>([
    ['a tag', () => 'tag=red', [4, 1, 0]],
    ['a tag with characters of all kinds', () => `tag=${encodeURIComponent('a, b & ü')}`, [0]],
    ['a tag and a state', () => 'tag=red&status=succeeded', [1, 0]],
    ['services', () => 'service=lists-a,lists-ab', [5, 4, 3, 2, 1, 0]],
    ['a service with jobs of other names', () => 'service=lists-ab', [4, 2, 1]],
    ['a version', () => 'service=lists-a&serviceVersion=1.1.0', [3]],
    ['a state and a service', () => 'status=failed,executing,pending&service=lists-a,lists-ab', [4, 3]],
    ['the prefix of a name, and a service', () => 'service=lists-ab&namePrefix=lists-a', [4, 2, 1]],
    ['a whole name', () => 'namePrefix=lists-a%20nightly', [1]],
    ['ids, one unknown, one twice', () => `id=${ids([1, 0, 1].map(at)).join(',')},${unknownId}`, [1, 0]],
    ['ids as URNs', () => `id=urn:errand:job:${at(2).id}`, [2]],
    ['a time, the first moment included', () => `createdAfter=${at(2).requestedAt}&service=lists-ab`, [4, 2]],
    ['a time, the last moment excluded', () => `createdBefore=${at(2).requestedAt}&tag=red`, [1, 0]],
    ['a tag that nothing has', () => 'tag=green', []],
    ['a parent', () => `parent=${at(4).id}`, [5]],
    ['a parent that has no parts', () => `parent=${at(0).id}`, []],
    ['times the wrong way round', () => 'createdAfter=2026-11-22&createdBefore=2026-11-21', []],
  ])('is filtered by %s', async (_, query, indexes) => {
    const response = await list(query());
    expect(response.status).toBe(200);
    expect(ids(response.body.items)).toEqual(newestFirst(...indexes));
    const oldest = (await list(`${query()}&order=asc`)).body.items;
    expect(ids(oldest)).toEqual(newestFirst(...indexes).toReversed());
  });

  test('is in the order of names when only the prefix of a name is requested', async () => {
    const expected = ['lists-ab', 'lists-ab', 'lists-a', 'lists-a nightly'];
    const pages = await followPages(errand, {
      path: '/v1/jobs?namePrefix=lists-a&limit=1',
      operationId: 'listJobs',
    });
    const items: readonly JobBody[] = pages.flatMap(({ items }) => [...items]);
    expect(items.map(({ name }) => name)).toEqual(expected);
    expect(ids(items)).toEqual(newestFirst(4, 2, 0, 1));
  });

  test.each(['tag=red', 'service=lists-ab', 'order=asc&service=lists-a', 'namePrefix=lists'])(
    'can be read completely through its links: %s',
    async (query) => {
      const whole = (await list(query)).body.items;
      const pages = await followPages(errand, { path: `/v1/jobs?${query}&limit=1`, operationId: 'listJobs' });
      expect(ids(pages.flatMap(({ items }) => [...items]))).toEqual(ids(whole));
      expect(pages).toHaveLength(whole.length);
    },
  );

  test.each(['asc', 'desc'])('continues after names with #, %s', async (order) => {
    const body = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
    await errand.call('/v1/services/render/versions/1.0.0', { method: 'PUT', body });
    const jobs = ['render', 'render#1', 'render', 'render#1#', 'render!', 'render'].map((name) => ({
      service: 'render',
      name,
      parameters: {},
    }));
    const submitted = await errand.call('/v1/jobs/batch', { body: { jobs } });
    expect(submitted.body.items.every((item: JobBody) => item.job !== undefined)).toBe(true);
    const whole = (await list(`namePrefix=render&order=${order}&limit=1000`)).body.items;
    expect(whole.length).toBeGreaterThanOrEqual(jobs.length);
    const path = `/v1/jobs?namePrefix=render&order=${order}&limit=1`;
    const pages = await followPages(errand, { path, operationId: 'listJobs' });
    expect(ids(pages.flatMap(({ items }) => [...items]))).toEqual(ids(whole));
  });

  test('shows the start of the error of a job, whose whole error the job has', async () => {
    const failed = await errand.call(`/v1/jobs/${at(3).id}`);
    const { code, detail } = failed.body.error;
    expect((await list('service=lists-a&serviceVersion=1.1.0')).body.items[0].error).toEqual({
      code,
      detail,
    });
    const failure = { code: 'service-failed', retryable: false, attempt: 1 } as const;
    const long = { ...failure, detail: `${'x'.repeat(299)}😀 and more` };
    const job = endedJob('failed', {
      id: jobIdAt(Date.now() - 60_000),
      tenant: errand.tenant,
      failure: long,
    });
    await putJob(errand, { ...job, tags: ['long-detail'] });
    const [item] = (await list('tag=long-detail')).body.items;
    expect(item.error).toEqual({ code: 'service-failed', detail: `${'x'.repeat(299)}😀` });
    expect((await errand.call(`/v1/jobs/${job.id}`)).body.error.detail).toBe(long.detail);
  });

  test('accepts a cursor with no other tag, order or time', async () => {
    const { nextCursor } = (await list('tag=red&limit=1')).body;
    expect((await list(`tag=red&limit=5&cursor=${nextCursor}`)).body.items).toHaveLength(2);
    for (const other of ['tag=blue', 'tag=red&order=asc', 'tag=red&createdAfter=2020-01-01'])
      expectProblem(await list(`${other}&cursor=${nextCursor}`), 'bad-cursor');
  });
});

const unknownId = '01a1fd71-2cd5-7000-8000-000000000000';

describe('the statistics of jobs', () => {
  const stats = async (query: string) =>
    expectDocumented(await errand.call(`/v1/jobs/stats?${query}`), 'getJobStats');

  test('count jobs by state, service and day, once the stream has delivered their ends', async () => {
    await until('all jobs are counted', async () => {
      const { total } = (await stats('service=lists-a,lists-ab')).body;
      return total === made.length ? true : undefined;
    });
    const { body } = await stats('service=lists-a,lists-ab');
    const byStatus = { [body.byStatus.pending === 1 ? 'pending' : 'executing']: 1, succeeded: 4, failed: 1 };
    expect(body).toMatchObject({ total: 6, byStatus, complete: true });
    const rows = body.items.map(({ service, total }: { service: string; total: number }) => [service, total]);
    const days = new Set(made.map(({ requestedAt }) => requestedAt.slice(0, 10)));
    if (days.size === 1)
      expect(rows).toEqual([
        ['lists-a', 3],
        ['lists-ab', 3],
      ]);
    for (const row of body.items)
      if (row.byStatus.succeeded > 0) expect(row.meanDurationSeconds).toBeGreaterThan(0);
  });

  test('count the jobs with a tag as soon as they exist, in every state', async () => {
    const { body } = await stats('tag=red');
    const byStatus = { [body.byStatus.pending === 1 ? 'pending' : 'executing']: 1, succeeded: 2 };
    expect(body).toMatchObject({ total: 3, byStatus, complete: true });
    const counted = await stats('tag=red&service=lists-a');
    expect(counted.body).toMatchObject({ total: 1, byStatus: { succeeded: 1 }, complete: true });
    expect(counted.body.items[0].meanDurationSeconds).toBeGreaterThan(0);
    const quoted = await stats(`tag=${encodeURIComponent('a, b & ü')}&createdAfter=2026-01-01`);
    expect(quoted.body.total).toBe(1);
    expect((await stats('tag=red&createdBefore=2026-01-01')).body.total).toBe(0);
    expect((await stats('tag=re')).body).toEqual({ total: 0, byStatus: {}, items: [], complete: true });
  });

  test('cover the requested days', async () => {
    const day = 86_400_000;
    const first = Math.floor(Date.parse(made[0]?.requestedAt ?? '') / day) * day;
    const date = (days: number) => new Date(first + days * day).toISOString();
    expect((await stats(`createdBefore=${date(0)}`)).body).toEqual({
      total: 0,
      byStatus: {},
      items: [],
      complete: true,
    });
    const all = await stats(`service=lists-a&createdAfter=${date(0)}&createdBefore=${date(2).slice(0, 10)}`);
    expect(all.body.total).toBe(3);
  });

  test.each([
    'createdAfter=2026-11-21T12:00:00Z',
    'createdBefore=2026-11-21T00:00:00%2B01:00',
    'createdAfter=soon',
    'service=',
    'status=failed',
    'tag=',
    `tag=${'x'.repeat(129)}`,
  ])('refuse %s', async (query) => {
    const response = await stats(query);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors[0].pointer).toBe(`/${query.split('=')[0]}`);
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['getJobStats', 'listJobs'])).toEqual([]);
});
