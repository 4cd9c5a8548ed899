import { describe, expect, test } from 'vitest';
import { isTerminal, jobStatuses } from '../../../core/contract/job-state.ts';
import { toProblem, violationsError } from '../../../core/contract/problems/problem-error.ts';
import type { Violation } from '../../../core/contract/problems/problem-schema.ts';
import { problemWithin } from '../../../core/contract/problems/problem-within.ts';
import { getEvents } from '../../../core/events/get-events.ts';
import type { Failure, Job } from '../../../core/jobs/model/job.ts';
import { attemptsOf } from '../../../core/jobs/queries/get-attempts.ts';
import { getJobStats } from '../../../core/jobs/queries/get-job-stats.ts';
import { getRequest } from '../../../core/jobs/queries/get-request.ts';
import { getResult } from '../../../core/jobs/queries/get-result.ts';
import { listChildren } from '../../../core/jobs/queries/list-children.ts';
import { listJobs } from '../../../core/jobs/queries/list-jobs.ts';
import { representJob, summarizeJob } from '../../../core/jobs/queries/represent-job.ts';
import { storeJson } from '../../../core/jobs/records/stored-json.ts';
import { getService } from '../../../core/services/get-service.ts';
import { listServices } from '../../../core/services/list-services.ts';
import { representService, summarizeService } from '../../../core/services/represent-service.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../support/jobs/test-deps.ts';

const tenant = 'local';
const baseUrl = 'https://abcdefghij.execute-api.ap-southeast-2.amazonaws.com/live';
/** The longest JSON form of one character in a text within the response: 7 bytes. */
const worst = '\u0001';
const version = `1.0.0-${'a'.repeat(58)}`;
const service = { name: 'n'.repeat(63), version };
/** 4,096 bytes of JSON. */
const metadata = { m: worst.repeat(681) };
const tags = Array.from({ length: 50 }, () => worst.repeat(128));
const failure: Failure = {
  code: 'service-failed',
  detail: worst.repeat(4200),
  retryable: false,
  attempt: 10,
  serviceErrorType: worst.repeat(128),
  reason: worst.repeat(1024),
};

/** A list entry of a job with the longest value of every member. */
const largest: Partial<Job> = {
  name: worst.repeat(256),
  service,
  tags,
  metadata,
  progress: { stepsTotal: 2 ** 53, stepsCompleted: 2 ** 53, completion: 1 / 3, message: worst.repeat(1024) },
  waitingReason: { code: 'dependencies', detail: worst.repeat(500), jobIds: Array(50).fill(jobIdAt(1)) },
  failure,
  hasChildren: true,
  hasOutputs: true,
  rerunOf: jobIdAt(1),
  rerunAs: jobIdAt(1),
  reusedFrom: jobIdAt(1),
  scheduledAt: someTime,
  startedAt: someTime,
  finishedAt: someTime,
  nextAttemptAt: someTime,
  priority: 3600,
  owner: 'p'.repeat(256),
};

/** The response for Lambda: the body as a text in a JSON document. */
function bytesOf(body: unknown): number {
  return Buffer.byteLength(JSON.stringify({ body: typeof body === 'string' ? body : JSON.stringify(body) }));
}

function expectToFit(body: unknown): void {
  expect(bytesOf(body)).toBeLessThan(6_000_000);
}

/** Follows a list to its end, and returns the number of its items; each page must fit and contain an item. */
async function followed(
  next: (cursor: string | undefined) => Promise<{
    readonly items: readonly unknown[];
    readonly nextCursor?: string | undefined;
  }>,
): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await next(cursor);
    expectToFit(page);
    expect(page.items.length).toBeGreaterThan(0);
    count += page.items.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return count;
}

const cursorMember = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

describe('the largest page that can be requested fits in a response of Lambda', () => {
  test('of jobs and of sub-jobs', async () => {
    const deps = testDeps();
    const parent = aJob({ id: jobIdAt(someTime - 1), hasChildren: true });
    await deps.jobs.insert(parent);
    for (let index = 0; index < 400; index += 1) {
      const job = aJob({ ...largest, id: jobIdAt(someTime + index), parentId: parent.id });
      await deps.jobs.insert(job);
      await deps.links.add({ tenant, kind: 'child', anchorId: parent.id, jobId: job.id, madeAt: 0 });
    }
    const summaries = (jobs: readonly Job[]) => jobs.map((job) => summarizeJob(job, baseUrl));
    const jobs = await followed(async (cursor) => {
      const page = await listJobs(deps, { tenant, order: 'desc', limit: 1000, ...cursorMember(cursor) });
      return { items: summaries(page.jobs), nextCursor: page.nextCursor };
    });
    expect(jobs).toBe(401);
    const children = await followed(async (cursor) => {
      const page = await listChildren(deps, { key: { tenant, jobId: parent.id }, limit: 1000, cursor });
      return { items: summaries(page.jobs), nextCursor: page.nextCursor };
    });
    expect(children).toBe(400);
  });

  test.each(['€', '😀', '"', worst])(
    'of 1,000 failed jobs whose details consist of %j',
    async (character) => {
      const deps = testDeps();
      const { metadata: _, name: __, tags: ___, progress: ____, waitingReason: _____, ...rest } = largest;
      const detail = character.repeat(4200);
      for (let index = 0; index < 1000; index += 1) {
        const id = jobIdAt(someTime + index);
        await deps.jobs.insert(endedJob('failed', { ...rest, id, failure: { ...failure, detail } }));
      }
      const { jobs, nextCursor } = await listJobs(deps, { tenant, limit: 1000 });
      expect([jobs.length, nextCursor]).toEqual([1000, undefined]);
      const items = jobs.map((job) => summarizeJob(job, baseUrl));
      expect(items[0]?.error?.detail).toBe(character.repeat(300));
      expectToFit({ items });
    },
  );

  test('of events', async () => {
    const deps = testDeps();
    const transitions = Array.from({ length: 1500 }, (_, at) => ({
      status: at % 2 === 0 ? ('draft' as const) : ('ready' as const),
      at: someTime + at,
      attempt: 0,
    }));
    const job = aJob({ ...largest, status: 'ready', transitions });
    await deps.jobs.insert(job);
    const count = await followed(async (cursor) => {
      const key = { tenant, jobId: job.id };
      const page = await getEvents(deps, { key, baseUrl, limit: 1000, ...cursorMember(cursor) });
      return { items: page.events, nextCursor: page.nextCursor };
    });
    expect(count).toBe(1500);
  });

  test('of services, and of the versions of one', async () => {
    const deps = testDeps();
    const schema = { description: 'x'.repeat(65_000) };
    const definition = {
      title: worst.repeat(256),
      description: worst.repeat(16_384),
      tags,
      parameters: schema,
      result: schema,
    };
    for (let index = 0; index < 100; index += 1) {
      await deps.services.insert(aService(definition, { name: 'large', version: `${index}.0.0` }));
    }
    const listed = await followed(async (cursor) => {
      const page = await listServices(deps, { tenant, limit: 1000, ...cursorMember(cursor) });
      const items = page.services.map((one) => summarizeService(one, { baseUrl }));
      return { items, nextCursor: page.nextCursor };
    });
    const versions = await followed(async (cursor) => {
      const page = await getService(deps, { tenant, name: 'large', limit: 1000, cursor });
      const items = page.versions.map((one) => representService(one, { baseUrl }));
      return { items, nextCursor: page.nextCursor };
    });
    expect([listed, versions]).toEqual([100, 100]);
  });
});

describe('the largest response about one entity fits in a response of Lambda', () => {
  test('for a job, with its attempts, in every state', async () => {
    const { objects } = testDeps();
    const text = { kind: 'inline', json: JSON.stringify(worst.repeat(5461)) } as const;
    const missing = Array.from({ length: 100 }, () => ({ pointer: worst, detail: worst, keyword: 'type' }));
    const endedAttempts = Array.from({ length: 9 }, (_, index) => ({
      number: index + 1,
      startedAt: someTime,
      finishedAt: someTime,
      failure,
    }));
    for (const status of jobStatuses) {
      const whole: Partial<Job> = {
        ...largest,
        status,
        parameters: text,
        result: text,
        failure,
        attempt: 10,
        endedAttempts,
        draft: { overrides: {}, missing },
        dependsOn: Array(50).fill(jobIdAt(1)),
        ...(isTerminal(status) ? { finishedAt: someTime } : {}),
      };
      expectToFit(await representJob({ objects }, aJob(whole), baseUrl));
      expectToFit({ items: attemptsOf(aJob(whole)) });
    }
  });

  test('for a request, and for a result', async () => {
    const deps = testDeps();
    for (const size of [170_000, 6_000_000]) {
      const id = jobIdAt(someTime + size);
      const json = JSON.stringify(worst.repeat(size));
      const location = { tenant, jobId: id } as const;
      const request = JSON.stringify(worst.repeat(174_000));
      await deps.jobs.insert(
        endedJob('succeeded', {
          id,
          parameters: await storeJson(deps.objects, { ...location, role: 'parameters' }, json),
          request: await storeJson(deps.objects, { ...location, role: 'request' }, request),
          result: await storeJson(deps.objects, { ...location, role: 'result' }, json),
        }),
      );
      expectToFit(await getRequest(deps, location));
      const result = await getResult(deps, location);
      expectToFit(result.kind === 'value' ? result.json : '');
    }
  });

  test('for statistics of 10,000 services and days', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      service: `${'s'.repeat(58)}${String(index % 100).padStart(5, '0')}`,
      day: `20${String(10 + (Math.floor(index / 100) % 80))}-01-${String(10 + (Math.floor(index / 8000) % 20))}`,
      counts: { succeeded: 123_456_789, failed: 123_456_789, error: 123_456_789, aborted: 123_456_789 },
      durationMs: 1_234_567_890_123,
    }));
    const jobs = Array.from({ length: 1000 }, (_, index) =>
      aJob({
        id: jobIdAt(Date.UTC(2001, 0, 1) + index * 86_400_000),
        service: { name: 'x'.repeat(63), version },
      }),
    );
    const deps = {
      counters: { list: async () => rows.map((row) => ({ tenant, ...row })) },
      jobs: { list: async () => ({ jobs }) },
      clock: testDeps().clock,
    };
    const stats = await getJobStats(deps, { tenant });
    expect(stats.items.length).toBeGreaterThan(10_000);
    expectToFit(stats);
  });

  test('for a bulk submission of 100 jobs, all accepted or all refused with as many errors as a body can have', () => {
    // A body has 1,048,576 bytes, and a control character takes 6 of them.
    const share = Math.floor(1_048_576 / 100 / 6);
    const tagsOfShare = Array.from({ length: Math.floor(share / 128) }, () => worst.repeat(128));
    const job = summarizeJob(aJob({ ...largest, metadata: {}, tags: tagsOfShare }), baseUrl);
    expectToFit({ items: Array(100).fill({ job }) });
    const few = Array<Violation>(1).fill({ pointer: `/${worst.repeat(share)}`, detail: worst, keyword: 'k' });
    const many = Array.from({ length: 5000 }, (_, index) => ({
      pointer: `/parameters/${worst}${index}`,
      detail: `must match the pattern ${worst.repeat(2000)}`,
      keyword: 'pattern',
    }));
    for (const faults of [few, many]) {
      const problem = toProblem(problemWithin('/jobs/99', violationsError('invalid-parameters', faults)));
      expectToFit({ items: Array(100).fill({ problem }) });
    }
  });
});
