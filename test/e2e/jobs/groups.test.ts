import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { endedOperation } from '../../support/operations/ended-operation.ts';

const other = newTenant();

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

const pathOf = (name: string) => `/v1/groups/${encodeURIComponent(name)}`;
const read = (name: string) => errand.call(pathOf(name));

async function submit(body: object, prefer = 'wait=20'): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body, headers: { prefer } });
  return expectDocumented(response, 'submitJob').body;
}

/** A hundred jobs take this long at most on a machine that does other work. */
const patienceMs = 60_000;

/** Waits until the group has these counts, which lag behind its jobs. */
async function counted(name: string, byStatus: Record<string, number>) {
  let body: JobBody;
  await until(
    `${name} has the counts ${JSON.stringify(byStatus)}`,
    async () => {
      const response = await read(name);
      body = response.body;
      return (
        response.status === 200 && JSON.stringify(sorted(body.byStatus)) === JSON.stringify(sorted(byStatus))
      );
    },
    patienceMs,
  );
  return body;
}

const sorted = (byStatus: Record<string, number>) => Object.entries(byStatus).toSorted();

async function listed(query: string): Promise<readonly JobBody[]> {
  return expectDocumented(await errand.call(`/v1/jobs?${query}&limit=1000`), 'listJobs').body.items;
}

const aborted = (id: string) => errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
const remove = (id: string) => errand.call(`/v1/jobs/${id}`, { method: 'DELETE' });

describe('a group of 100 jobs of a bulk submission', () => {
  const name = 'J#night 7/ü';

  beforeAll(async () => {
    const jobs = Array.from({ length: 100 }, (_, index) => ({
      service: index % 10 === 9 ? 'flaky' : 'echo',
      parameters: index % 10 === 9 ? { failures: 9, kind: 'throw' } : { index },
      retry: { maxAttempts: 1 },
    }));
    const { status, body } = await errand.call('/v1/jobs/batch', { body: { jobs, group: name } });
    expect([status, body.items.length]).toEqual([202, 100]);
    for (const { job } of body.items) expect(job.group).toBe(name);
  });

  test('has the counts of the list of its jobs, a typical duration, and no expected end after all have ended', async () => {
    const group = await counted(name, { succeeded: 90, failed: 10 });
    const response = expectDocumented(await read(name), 'getGroup');
    expect(response.body).toEqual({ ...group, name, total: 100 });
    expect(group.typicalSeconds).toBeGreaterThan(0);
    expect(group).not.toHaveProperty('expectedEndAt');
    const jobs = await listed(`group=${encodeURIComponent(name)}`);
    expect(jobs).toHaveLength(100);
    expect(jobs.filter(({ status }) => status === 'failed')).toHaveLength(10);
    expect(group.firstRequestedAt).toBe(jobs.map(({ requestedAt }) => requestedAt).toSorted()[0]);
    expect(group.lastUpdatedAt).toBe(
      jobs
        .map(({ updatedAt }) => updatedAt)
        .toSorted()
        .at(-1),
    );
    const link = new URL(group.links.jobs);
    expect((await errand.call(`${link.pathname}${link.search}&limit=1`)).body.items).toHaveLength(1);
    expect(new URL(group.links.self).pathname).toBe(pathOf(name));
  }, 90_000);

  test('is a filter that combines with others, and whose list has pages', async () => {
    const query = `group=${encodeURIComponent(name)}`;
    expect(await listed(`${query}&status=failed`)).toHaveLength(10);
    expect(await listed(`${query}&service=echo`)).toHaveLength(90);
    expect(await listed(`${query}&tag=none`)).toEqual([]);
    const pages = await followPages(errand, {
      path: `/v1/jobs?${query}&limit=30`,
      operationId: 'listJobs',
    });
    expect(pages.map(({ items }) => items.length)).toEqual([30, 30, 30, 10]);
    const preview = { action: 'rerun', filter: { group: name, status: ['failed'] }, dryRun: true };
    expect((await errand.call('/v1/jobs/actions', { body: preview })).body.matched).toBe(10);
  });

  test('is joined by the reruns of an operation, and left by deleted jobs', async () => {
    const failed = { group: name, status: ['failed'] };
    const changes = { service: 'echo', parameters: {} };
    await endedOperation((path, call) => errand.call(path, call), {
      action: 'rerun',
      filter: failed,
      changes,
    });
    await counted(name, { succeeded: 100, failed: 10 });
    await endedOperation((path, call) => errand.call(path, call), { action: 'delete', filter: failed });
    await counted(name, { succeeded: 100 });
    expect(await listed(`group=${encodeURIComponent(name)}`)).toHaveLength(100);
  }, 150_000);
});

describe('a group', () => {
  test('is shown in its jobs, their events and their links', async () => {
    const job = await submit({ service: 'echo', group: 'shown' });
    expect(job).toMatchObject({
      group: 'shown',
      links: { group: expect.stringMatching(/\/v1\/groups\/shown$/) },
    });
    expect((await listed('group=shown'))[0]).toMatchObject({ id: job.id, group: 'shown' });
    const events = (await errand.call(`/v1/jobs/${job.id}/events`)).body.items;
    expect(events.map(({ data }: JobBody) => data.group)).toEqual(['shown', 'shown', 'shown']);
    await until('the log has the events of the group', async () => {
      const { body } = await errand.call('/v1/events?group=shown');
      return JSON.stringify(body.items) === JSON.stringify(events);
    });
    expect((await errand.call('/v1/events?group=show')).body.items).toEqual([]);
  });

  test('never changes: an edit of a draft cannot set it', async () => {
    const draft = await submit({ start: false, group: 'fixed' });
    const edit = { method: 'PATCH', body: { group: 'other' } };
    const response = await errand.call(`/v1/jobs/${draft.id}`, edit);
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer: '/group' }]);
    await counted('fixed', { draft: 1 });
    await aborted(draft.id);
    await counted('fixed', { aborted: 1 });
  });

  test('is joined by a rerun of its job, unless the rerun names another one', async () => {
    const job = await submit({ service: 'echo', group: 'first' });
    const rerun = async (body: object) =>
      (await errand.call(`/v1/jobs/${job.id}/rerun`, { body, headers: { prefer: 'wait=20' } })).body;
    expect((await rerun({})).group).toBe('first');
    expect((await rerun({ group: 'second' })).group).toBe('second');
    await counted('first', { succeeded: 2 });
    await counted('second', { succeeded: 1 });
  });

  test('shows when its jobs are expected to have ended while some of them run', async () => {
    const running = await submit(
      { service: 'echo', group: 'running', parameters: { sleepSeconds: 50 } },
      'wait=0',
    );
    await counted('running', { executing: 1 });
    expect((await read('running')).body).not.toHaveProperty('expectedEndAt');
    await submit({ service: 'echo', group: 'running' });
    const group = await counted('running', { executing: 1, succeeded: 1 });
    expect(Date.parse(group.expectedEndAt)).toBeGreaterThan(Date.parse(group.firstRequestedAt));
    await aborted(running.id);
    expect(await counted('running', { aborted: 1, succeeded: 1 })).not.toHaveProperty('expectedEndAt');
  });

  test('does not exist without jobs, and exists again with the next one', async () => {
    expectProblem(expectDocumented(await read('short-lived'), 'getGroup'), 'not-found');
    const { id } = await submit({ service: 'echo', group: 'short-lived' });
    await counted('short-lived', { succeeded: 1 });
    expect((await remove(id)).status).toBe(204);
    await until('the group is gone', async () => (await read('short-lived')).status === 404);
    expect((await read('x'.repeat(3000))).status).toBe(404);
    const { items } = (await errand.call('/v1/groups?namePrefix=short-lived')).body;
    expect(items).toEqual([]);
    const again = await submit({ service: 'echo', group: 'short-lived' });
    const group = await counted('short-lived', { succeeded: 1 });
    expect(group.firstRequestedAt).toBe(again.requestedAt);
  });

  test.each(['', '.', '..', 'x'.repeat(129), 7])('cannot have the name %j', async (group) => {
    for (const [path, pointer, body] of [
      ['/v1/jobs', '/group', { service: 'echo', group }],
      ['/v1/jobs/batch', '/group', { jobs: [{ service: 'echo' }], group }],
    ] as const) {
      const response = await errand.call(path, { body });
      expectProblem(response, 'invalid-request');
      expect(response.body.errors).toMatchObject([{ pointer }]);
    }
    const { body } = await errand.call('/v1/jobs/batch', { body: { jobs: [{ service: 'echo', group }] } });
    expect(body.items).toMatchObject([{ problem: { errors: [{ pointer: '/jobs/0/group' }] } }]);
  });
});

describe('the groups of a tenant', () => {
  test('are listed by name, and can be read completely through the links of the list', async () => {
    for (const group of ['list/b', 'list/a', 'list/ä']) await submit({ service: 'echo', group });
    for (const group of ['list/b', 'list/a', 'list/ä']) await counted(group, { succeeded: 1 });
    const pages = await followPages(errand, {
      path: '/v1/groups?namePrefix=list/&limit=1',
      operationId: 'listGroups',
    });
    const names = pages.flatMap(({ items }) => items.map(({ name }: JobBody) => name));
    expect(names).toEqual(['list/a', 'list/b', 'list/ä']);
    const whole = expectDocumented(await errand.call('/v1/groups?limit=1000'), 'listGroups').body.items;
    expect(whole.map(({ name }: JobBody) => name)).toEqual(expect.arrayContaining(names));
    const damaged = expectDocumented(await errand.call('/v1/groups?cursor=x'), 'listGroups');
    expectProblem(damaged, 'bad-cursor');
    expectProblem(await errand.call('/v1/groups?newest=true'), 'invalid-request');
  });

  test('are its own: another tenant has other groups of the same names', async () => {
    const { id } = await submit({ service: 'echo', group: 'private' });
    await counted('private', { succeeded: 1 });
    expectProblem(await errand.call(pathOf('private'), other.call), 'not-found');
    expect((await errand.call('/v1/groups', other.call)).body.items).toEqual([]);
    expect((await errand.call('/v1/jobs?group=private', other.call)).body.items).toEqual([]);
    const draft = { ...other.call, body: { start: false, group: 'private' } };
    expect((await errand.call('/v1/jobs', draft)).status).toBe(201);
    await until('the other group is counted', async () => {
      const { body } = await errand.call(pathOf('private'), other.call);
      return body.byStatus?.draft === 1 && body.total === 1;
    });
    expect((await read('private')).body).toMatchObject({ total: 1, byStatus: { succeeded: 1 } });
    expect((await endedJob(errand, id)).group).toBe('private');
  });
});

test('every documented response of the routes of groups occurred', () => {
  expect(uncheckedResponses(['getGroup', 'listGroups'])).toEqual([]);
});
