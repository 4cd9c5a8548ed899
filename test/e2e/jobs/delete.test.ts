import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkItemKey } from '../../../aws/dynamodb/table/table-keys.ts';
import type { Route } from '../../../core/contract/routes/route.ts';
import { routes } from '../../../core/contract/routes/routes.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant, operatorClient } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
const sleeps = (seconds: number) => ({ service: 'echo', parameters: { sleepSeconds: seconds } });

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

async function remove(id: string, query = '', call: Call = {}) {
  const response = await errand.call(`/v1/jobs/${id}${query}`, { method: 'DELETE', ...call });
  return expectDocumented(response, 'deleteJob');
}

const submit = (submission: object = {}) => submitJob(errand, { service: 'echo', ...submission });

async function ended(submission: object = {}): Promise<JobBody> {
  return endedJob(errand, (await submit(submission)).id);
}

/** An ended parent with two ended sub-jobs. */
async function family() {
  const { body: parent } = await errand.call('/v1/jobs', { body: { service: 'echo', start: false } });
  const made = [await submit({ parentId: parent.id }), await submit({ parentId: parent.id })];
  await errand.call(`/v1/jobs/${parent.id}/start`, { method: 'POST' });
  for (const { id } of [parent, ...made]) await endedJob(errand, id);
  return { parent, childIds: made.map(({ id }) => id) };
}

async function statusOf(id: string): Promise<number> {
  return (await errand.call(`/v1/jobs/${id}`)).status;
}

describe('a deleted job', () => {
  test('is in no list, responds with 410 and its final state, and still has its events', async () => {
    const job = await ended({ name: 'gone', parameters: { text: 'x'.repeat(50_000) } });
    const before = Date.now();
    expect((await remove(job.id)).status).toBe(204);
    const response = await errand.call(`/v1/jobs/${job.id}`);
    expectProblem(response, 'job-deleted');
    expect(response.body).toMatchObject({ by: 'local' });
    expect(Date.parse(response.body.deletedAt)).toBeGreaterThanOrEqual(before);
    for (const query of ['', '?service=echo', '?status=succeeded']) {
      const { body } = await errand.call(`/v1/jobs${query}`);
      expect(body.items.map(({ id }: JobBody) => id)).not.toContain(job.id);
    }
    const events = expectDocumented(await errand.call(`/v1/jobs/${job.id}/events`), 'getEvents');
    expect(events.body.items.map(({ type }: JobBody) => type)).toEqual([
      'errand.job.pending',
      'errand.job.executing',
      'errand.job.succeeded',
      'errand.job.deleted',
    ]);
  });

  test('responds with 410 to every request', async () => {
    const job = await ended();
    await remove(job.id);
    const all: readonly Route[] = routes;
    const asked = all.filter(
      ({ path, scope, problems }) =>
        scope !== undefined && path.includes('{id}') && problems.includes('job-deleted'),
    );
    expect(asked.length).toBeGreaterThan(8);
    const bodies: Readonly<Record<string, unknown>> = { editJob: { name: 'new' }, setInput: { data: [] } };
    for (const { method, path, operationId } of asked) {
      const body = bodies[operationId];
      const call = { method, ...omitUndefined({ body }) };
      const response = await errand.call(path.replace('{id}', job.id).replace('{slot}', 'table'), call);
      expectProblem(expectDocumented(response, operationId), 'job-deleted');
    }
  });

  test('is not created again by a repetition of its submission', async () => {
    const call = { body: { service: 'echo' }, headers: { 'idempotency-key': 'once' } };
    const { body } = await errand.call('/v1/jobs', call);
    await endedJob(errand, body.id);
    await remove(body.id);
    expectProblem(expectDocumented(await errand.call('/v1/jobs', call), 'submitJob'), 'job-deleted');
    expect(await statusOf(body.id)).toBe(410);
  });

  test('may have been a draft', async () => {
    const { body } = await errand.call('/v1/jobs', { body: { start: false } });
    expect((await remove(body.id)).status).toBe(204);
    expect(await statusOf(body.id)).toBe(410);
  });
});

describe('the deletion of a family', () => {
  test('is refused without its sub-jobs, reported by a dry run, and completed in one call', async () => {
    const { parent, childIds } = await family();
    const refusal = await remove(parent.id);
    expectProblem(refusal, 'job-has-dependents');
    expect(refusal.body.jobIds).toEqual(childIds);
    const plan = await remove(parent.id, '?cascade=children&dryRun=true');
    expect(plan).toMatchObject({ status: 200, body: { jobIds: [parent.id, ...childIds], complete: true } });
    expect(await statusOf(parent.id)).toBe(200);
    expect((await remove(parent.id, '?cascade=children')).status).toBe(204);
    for (const id of [parent.id, ...childIds]) expect(await statusOf(id)).toBe(410);
  });

  test('removes a deleted sub-job from the count of its parent', async () => {
    const { parent, childIds } = await family();
    await remove(childIds[0] ?? '');
    const { body } = await errand.call(`/v1/jobs/${parent.id}`);
    expect(body.children).toEqual({ total: 1, byStatus: { succeeded: 1 } });
    const list = await errand.call(`/v1/jobs/${parent.id}/children`);
    expect(list.body.items.map(({ id }: JobBody) => id)).toEqual([childIds[1]]);
  });

  test('continues while a sub-job may still be created, and returns the job until it is done', async () => {
    const { parent } = await family();
    const client = operatorClient(errand.cloud);
    const link = {
      tenant: errand.tenant,
      kind: 'child',
      anchorId: parent.id,
      jobId: jobIdAt(Date.now()),
    } as const;
    const Item = { ...linkItemKey(link), z: { N: '1' }, at: { N: String(Date.now()) } };
    const TableName = errand.cloud.output('Errand', 'TableName');
    await client.send(new PutItemCommand({ TableName, Item })).finally(() => client.destroy());
    const response = await remove(parent.id, '?cascade=children');
    expect(response).toMatchObject({ status: 202, body: { id: parent.id, status: 'succeeded' } });
    expect(response.headers.get('location')).toBe(parent.links.self);
    expect(await statusOf(parent.id)).toBe(200);
    // A repeated deletion, with or without the sub-jobs, gets the same response as the first.
    for (const query of ['?cascade=children', '']) expect((await remove(parent.id, query)).status).toBe(202);
  });
});

describe('a deletion is refused, and nothing is deleted,', () => {
  test('while the job runs, or one below it', async () => {
    const parent = await submit(sleeps(4));
    const response = await remove(parent.id);
    expectProblem(response, 'job-running');
    expect(response.body.actions).toContainEqual(expect.objectContaining({ name: 'delete', allowed: false }));
    await errand.call(`/v1/jobs/${parent.id}/abort`, { method: 'POST' });
    expect((await remove(parent.id)).status).toBe(204);
    const { body: draft } = await errand.call('/v1/jobs', { body: { start: false } });
    const done = await ended({ parentId: draft.id });
    const child = await submit({ ...sleeps(10), parentId: draft.id });
    const before = await Promise.all([draft, done].map(({ id }) => errand.call(`/v1/jobs/${id}`)));
    const below = await remove(draft.id, '?cascade=children');
    expectProblem(below, 'job-running');
    expect(below.body.jobIds).toEqual([child.id]);
    for (const { body, headers } of before) {
      const after = await errand.call(`/v1/jobs/${body.id}`);
      expect([after.status, after.headers.get('etag')]).toEqual([200, headers.get('etag')]);
    }
    await errand.call(`/v1/jobs/${child.id}/abort`, { method: 'POST' });
  });

  test('while another job waits for it', async () => {
    const [done, runs] = [await ended(), await submit(sleeps(10))];
    const waiting = await submit({ dependsOn: [done.id, runs.id] });
    const response = await remove(done.id);
    expectProblem(response, 'job-has-dependents');
    expect(response.body.jobIds).toEqual([waiting.id]);
    expectProblem(await remove(waiting.id), 'job-running');
    await errand.call(`/v1/jobs/${runs.id}/abort`, { method: 'POST' });
    await endedJob(errand, waiting.id);
    expect((await remove(done.id)).status).toBe(204);
  });

  test('when the job has changed since', async () => {
    const job = await ended();
    expectProblem(await remove(job.id, '', { headers: { 'if-match': '"1"' } }), 'precondition-failed');
    const headers = { 'if-match': `"${job.version}"` };
    expect((await remove(job.id, '', { headers })).status).toBe(204);
  });

  test("when the job does not exist, or is another tenant's", async () => {
    const job = await ended();
    const foreign = other.call;
    for (const response of [
      await remove(jobIdAt(0)),
      await remove('nonsense'),
      await remove(job.id, '', foreign),
    ])
      expectProblem(response, 'not-found');
    await remove(job.id);
    expectProblem(await remove(job.id, '', foreign), 'not-found');
  });

  test.each(['?cascade=all', '?dryRun=yes', '?force=true'])('for the query %s', async (query) => {
    const job = await ended();
    expectProblem(await remove(job.id, query), 'invalid-request');
    expect(await statusOf(job.id)).toBe(200);
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['deleteJob'])).toEqual([]);
});
