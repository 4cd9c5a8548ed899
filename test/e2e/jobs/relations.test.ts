import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import {
  endedJob,
  type JobBody,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
const foreign = other.call;
const sleeps = (seconds: number) => ({ service: 'echo', parameters: { sleepSeconds: seconds } });

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

const submit = (submission: object = {}) => submitJob(errand, { service: 'echo', ...submission });
/** A job that stays unchanged until it is started. */
async function submitDraft(submission: object = {}): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body: { service: 'echo', start: false, ...submission } });
  return expectDocumented(response, 'submitJob').body;
}

const refused = async (submission: object) =>
  expectDocumented(await errand.call('/v1/jobs', { body: { service: 'echo', ...submission } }), 'submitJob');
const read = async (id: string): Promise<JobBody> =>
  expectDocumented(await errand.call(`/v1/jobs/${id}`), 'getJob').body;

async function aborted(id: string): Promise<JobBody> {
  const response = await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
  return expectDocumented(response, 'abortJob').body;
}

async function children(id: string, query = '') {
  return expectDocumented(await errand.call(`/v1/jobs/${id}/children${query}`), 'listChildren');
}

describe('a job that depends on others', () => {
  test('waits, reports its dependencies, and runs when all have succeeded', async () => {
    const [quick, slow] = [await submit(), await submit(sleeps(1))];
    const job = await submit({ dependsOn: [quick.id, slow.urn] });
    expect(job).toMatchObject({
      status: 'waiting',
      dependsOn: [quick.id, slow.id],
      waitingReason: { code: 'dependencies', jobIds: expect.arrayContaining([slow.id]) },
    });
    const ended = await endedJob(errand, job.id);
    expect(ended.status).toBe('succeeded');
    expect(ended).not.toHaveProperty('waitingReason');
    expect(await statesOf(errand, job.id)).toEqual(['waiting', 'pending', 'executing', 'succeeded']);
    expect(Date.parse(ended.startedAt)).toBeGreaterThan(Date.parse((await read(slow.id)).finishedAt));
  });

  test('can be waited for by its submission like any other job', async () => {
    const needed = await submit(sleeps(0.5));
    const headers = { prefer: 'wait=20' };
    const response = await errand.call('/v1/jobs', {
      body: { service: 'echo', dependsOn: [needed.id] },
      headers,
    });
    expect(expectDocumented(response, 'submitJob')).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
  });

  test('starts immediately when they have succeeded before', async () => {
    const needed = await submit();
    await endedJob(errand, needed.id);
    const job = await submit({ dependsOn: [needed.id] });
    expect(job.status).toBe('pending');
    await endedJob(errand, job.id);
    expect(await statesOf(errand, job.id)).toEqual(['pending', 'executing', 'succeeded']);
  });

  test('fails when one of them fails, and so does a job that depends on it', async () => {
    const gate = await submitDraft();
    const bad = { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } };
    const needed = await submit({ ...bad, dependsOn: [gate.id] });
    const job = await submit({ dependsOn: [needed.id] });
    const next = await submit({ dependsOn: [job.id] });
    await errand.call(`/v1/jobs/${gate.id}/start`, { method: 'POST' });
    expect(await endedJob(errand, next.id)).toMatchObject({
      status: 'error',
      attempt: 0,
      error: { code: 'dependency-failed', retryable: false, detail: expect.stringContaining(job.id) },
    });
    expect(await endedJob(errand, job.id)).toMatchObject({ status: 'error' });
  });

  test('can be aborted while it waits', async () => {
    const needed = await submitDraft();
    const job = await submit({ dependsOn: [needed.id] });
    expect(await aborted(job.id)).toMatchObject({ status: 'aborted', abort: { stopped: 'not-started' } });
    expect(await statesOf(errand, job.id)).toEqual(['waiting', 'aborted']);
  });

  test('ends after its time limit while it waits', async () => {
    const needed = await submitDraft();
    const job = await submit({ dependsOn: [needed.id], timeoutSeconds: 1 });
    expect(await reconcileUntilEnded(errand, job.id)).toMatchObject({
      status: 'error',
      error: { code: 'timeout' },
    });
    expect(await statesOf(errand, job.id)).toEqual(['waiting', 'error']);
  });

  test('may be a draft, and starts to wait when it is started', async () => {
    const needed = await submit(sleeps(1));
    const body = { service: 'echo', start: false, dependsOn: [needed.id] };
    const draft = (await errand.call('/v1/jobs', { body })).body;
    expect(draft).toMatchObject({ status: 'ready', dependsOn: [needed.id] });
    const started = await errand.call(`/v1/jobs/${draft.id}/start`, { method: 'POST' });
    expect(started).toMatchObject({ status: 202, body: { status: 'waiting' } });
    expect((await endedJob(errand, draft.id)).status).toBe('succeeded');
    expect(await statesOf(errand, draft.id)).toEqual([
      'ready',
      'waiting',
      'pending',
      'executing',
      'succeeded',
    ]);
  });

  test('is refused, and not stored, when it names a job that does not exist', async () => {
    const theirs = await errand.call('/v1/jobs', { ...foreign, body: { start: false } });
    expect(theirs.status).toBe(201);
    const needed = await submit();
    const unknown = [jobIdAt(1), theirs.body.id];
    const response = await refused({ name: 'refused', dependsOn: [unknown[0], needed.id, unknown[1]] });
    expectProblem(response, 'unknown-job');
    expect(response.body.errors).toMatchObject([{ pointer: '/dependsOn/0' }, { pointer: '/dependsOn/2' }]);
    const orphan = await refused({ name: 'refused', parentId: jobIdAt(3) });
    expectProblem(orphan, 'unknown-job');
    expect(orphan.body.errors).toMatchObject([{ pointer: '/parentId' }]);
    const { body } = await errand.call('/v1/jobs?limit=1000');
    expect(body.items.filter(({ name }: JobBody) => name === 'refused')).toEqual([]);
  });

  test.each([
    [{ dependsOn: [] }, '/dependsOn'],
    [{ dependsOn: Array.from({ length: 51 }, (_, at) => jobIdAt(at)) }, '/dependsOn'],
    [{ dependsOn: ['nonsense'] }, '/dependsOn/0'],
    [{ parentId: 'nonsense' }, '/parentId'],
  ])('is refused for relations of the wrong form', async (relations, pointer) => {
    const response = await refused(relations);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer }]);
  });
});

describe('sub-jobs', () => {
  test('are listed and counted by their parent, and link to it', async () => {
    const parent = await submitDraft();
    const made: JobBody[] = [];
    for (let index = 0; index < 5; index += 1)
      made.push(await submit({ parentId: parent.id, name: `child-${index}` }));
    for (const child of made) expect((await endedJob(errand, child.id)).links.parent).toBe(parent.links.self);
    const found = await read(parent.id);
    expect(found.children).toEqual({ total: 5, byStatus: { succeeded: 5 } });
    expect(found.links.children).toBe(`${parent.links.self}/children`);
    const names: string[] = [];
    let next = `/v1/jobs/${parent.id}/children?limit=2`;
    while (next !== '') {
      const page = expectDocumented(await errand.call(next), 'listChildren');
      names.push(...page.body.items.map(({ name }: JobBody) => name));
      const link = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
      next = link.replace(errand.url, '');
    }
    expect(names).toEqual(made.map(({ name }) => name));
  });

  test('are an empty list for a job without any', async () => {
    const job = await submit();
    expect((await children(job.id)).body).toEqual({ items: [] });
    expect(await read(job.id)).not.toHaveProperty('children');
  });

  test('end with the abort of their parent, at every depth, and report that', async () => {
    const parent = await submit(sleeps(4));
    const child = await submit({ ...sleeps(4), parentId: parent.id });
    const below = await submitDraft({ parentId: child.id });
    expect(await aborted(parent.id)).toMatchObject({ status: 'aborted', abort: { childrenAborted: 1 } });
    for (const [job, by] of [
      [child, parent],
      [below, child],
    ]) {
      const ended = await read(job.id);
      expect(ended).toMatchObject({ status: 'aborted', abort: { by: by.urn } });
      expect(ended.error).toMatchObject({ code: 'aborted-by-parent' });
    }
    expect((await read(parent.id)).children).toEqual({ total: 1, byStatus: { aborted: 1 } });
  });

  test('are refused once their parent has ended', async () => {
    const parent = await submit();
    await endedJob(errand, parent.id);
    expectProblem(await refused({ parentId: parent.id }), 'parent-ended');
    expect((await children(parent.id)).body.items).toEqual([]);
  });

  test('are hidden from another tenant', async () => {
    const parent = await submitDraft();
    for (let made = 0; made < 2; made += 1) await submit({ parentId: parent.id });
    const path = `/v1/jobs/${parent.id}/children`;
    expectProblem(expectDocumented(await errand.call(path, foreign), 'listChildren'), 'not-found');
    const { body } = await errand.call(`${path}?limit=1`);
    expect(body.nextCursor).toMatch(/./);
    const other = await submit();
    expectProblem(await children(other.id, `?cursor=${body.nextCursor}`), 'bad-cursor');
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['listChildren'])).toEqual([]);
});
