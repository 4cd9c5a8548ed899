import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, jobRerunAs, submitJob } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
const paused = { prefer: 'wait=20' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
  for (const version of ['1.0.0', '2.0.0']) {
    const body = { parameters: {}, dispatcher };
    const path = `/v1/services/many/versions/${version}`;
    expect((await errand.call(path, { method: 'PUT', body })).status).toBe(201);
  }
  const body = { parameters: {}, dispatcher, indexedMetadata: ['run'] };
  const path = '/v1/services/indexing/versions/1.0.0';
  expect((await errand.call(path, { method: 'PUT', body })).status).toBe(201);
});
afterAll(() => errand?.end());

async function rerun(jobId: string, call: Call = {}) {
  const response = await errand.call(`/v1/jobs/${jobId}/rerun`, { method: 'POST', ...call });
  return expectDocumented(response, 'rerunJob');
}

async function ended(submission: object): Promise<JobBody> {
  return endedJob(errand, (await submitJob(errand, submission)).id);
}

async function countOf(name: string): Promise<number> {
  const { body } = await errand.call('/v1/jobs?limit=1000');
  return body.items.filter((job: JobBody) => job.name === name).length;
}

describe('a rerun', () => {
  test('is a new job with the same request, which names the job that it repeats', async () => {
    const submission = {
      service: 'many@1.0.0',
      name: 'mine',
      tags: ['a'],
      metadata: { order: 7 },
      parameters: { a: 1 },
      retry: { maxAttempts: 5 },
    };
    const job = await ended(submission);
    const response = await rerun(job.id, { headers: paused });
    expect(response.status).toBe(200);
    const { body, headers } = response;
    expect(body).toMatchObject({
      status: 'succeeded',
      service: { name: 'many', version: '1.0.0' },
      name: 'mine',
      tags: ['a'],
      metadata: { order: 7 },
      parameters: { a: 1 },
      result: { a: 1 },
      maxAttempts: 5,
      attempt: 1,
      rerunOf: job.id,
    });
    expect(body.id).not.toBe(job.id);
    expect(headers.get('location')).toBe(body.links.self);
    expect(headers.get('preference-applied')).toBe('wait=20');
    expect(body.links.rerunOf).toBe(job.links.self);
    expect(await jobRerunAs(errand, job.id, body.id)).toEqual({
      ...job,
      rerunAs: body.id,
      links: { ...job.links, rerunAs: body.links.self },
      updatedAt: expect.any(String),
      version: job.version + 1,
    });
  });

  test.each([{}, { body: '' }, { body: {} }])('is accepted without a wait, for the call %j', async (call) => {
    const job = await ended({ service: 'echo', parameters: { sleepSeconds: 0.3 } });
    const response = await rerun(job.id, call);
    expect(response).toMatchObject({ status: 202, body: { status: 'pending', rerunOf: job.id } });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('location')).toBe(response.body.links.self);
    expect(response.headers.get('etag')).toBe(`"${response.body.version}"`);
  });

  test('applies the members of its body, and replaces the parameters as a whole', async () => {
    const job = await ended({ service: 'many@1.0.0', parameters: { a: 1, b: 2 } });
    const body = { service: 'many@2.0.0', name: 'other', parameters: { a: 3 }, timeoutSeconds: 100 };
    const response = await rerun(job.id, { body, headers: paused });
    expect(response.body).toMatchObject({
      service: { version: '2.0.0' },
      name: 'other',
      result: { a: 3 },
      rerunOf: job.id,
    });
    expect(response.body.result).not.toHaveProperty('b');
  });

  test('gets the current defaults, and keeps the original request', async () => {
    const parameters = { csv: 'a,b\n1,2\n' };
    const job = await ended({ service: 'csv-profile@1.0.0', parameters });
    const { body } = await rerun(job.id, { headers: paused });
    expect(body).toMatchObject({ status: 'succeeded', parameters: { ...parameters, delimiter: ',' } });
    expect((await errand.call(`/v1/jobs/${body.id}/request`)).body).toEqual(parameters);
  });

  test.each([5_000, 40_000, 120_000])('has complete parameters of %i bytes', async (size) => {
    const parameters = { text: 'é'.repeat(size / 2), last: true };
    const job = await ended({ service: 'echo', parameters });
    const { body } = await rerun(job.id, { headers: paused });
    expect(body).toMatchObject({ status: 'succeeded', rerunOf: job.id });
    for (const link of [body.links.request, body.links.result]) {
      expect((await errand.call(link.slice(errand.url.length))).body).toEqual(parameters);
    }
  });

  test('may repeat a job that failed, a job that was aborted, and a rerun', async () => {
    const failed = await ended({ service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } });
    const better = { parameters: { csv: 'a,b\n1,2\n' } };
    expect((await rerun(failed.id, { body: better, headers: paused })).body.status).toBe('succeeded');
    const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 50 } });
    expect((await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' })).status).toBe(200);
    const again = await rerun(id, { body: { parameters: {} }, headers: paused });
    expect(again.body).toMatchObject({ status: 'succeeded', rerunOf: id });
    expect((await rerun(again.body.id, { headers: paused })).body.rerunOf).toBe(again.body.id);
  });

  test('keeps its version when that was deprecated, and reports since when', async () => {
    const path = '/v1/services/old/versions/1.0.0';
    await errand.call(path, { method: 'PUT', body: { parameters: {}, dispatcher } });
    const job = await ended({ service: 'old' });
    const { body } = await errand.call(`${path}/deprecate`, { body: { reason: 'has a fault' } });
    const { headers, status } = await rerun(job.id);
    expect(status).toBe(202);
    expect(headers.get('deprecation')).toBe(`@${Math.floor(Date.parse(body.deprecation.at) / 1000)}`);
  });

  test('continues the trace of its caller', async () => {
    const job = await ended({ service: 'echo' });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect((await rerun(job.id, { headers: { traceparent } })).body.traceparent).toBe(traceparent);
  });

  test('may be created without a start', async () => {
    const job = await ended({ service: 'echo' });
    const response = await rerun(job.id, { body: { start: false }, headers: paused });
    expect(response).toMatchObject({ status: 201, body: { status: 'ready', rerunOf: job.id } });
  });

  test('may name its job by the URN, encoded or not', async () => {
    const { id, urn } = await ended({ service: 'echo' });
    for (const name of [urn, encodeURIComponent(urn)]) expect((await rerun(name)).body.rerunOf).toBe(id);
  });
});

describe('the job that was rerun', () => {
  test('names its latest rerun in every list, and emits no event for it', async () => {
    const parent = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 60 } });
    const job = await ended({ service: 'echo', tags: ['rerun-lists'], parentId: parent.id });
    const events = (await errand.call(`/v1/jobs/${job.id}/events`)).body.items;
    const reruns: JobBody[] = [];
    for (const start of [true, false, false])
      reruns.push((await rerun(job.id, { body: { start, tags: ['rerun-lists-again'] } })).body);
    const latest = reruns.at(-1);
    await jobRerunAs(errand, job.id, latest.id);
    const { body: listed } = await errand.call('/v1/jobs?tag=rerun-lists');
    const { body: children } = await errand.call(`/v1/jobs/${parent.id}/children`);
    const dryRun = { action: 'abort', filter: { tag: 'rerun-lists' }, dryRun: true };
    const { body: operation } = await errand.call('/v1/jobs/actions', { body: dryRun });
    for (const items of [listed.items, children.items, operation.sample])
      expect(items.find(({ id }: JobBody) => id === job.id)).toMatchObject({
        rerunAs: latest.id,
        links: { rerunAs: latest.links.self },
      });
    const { body: again } = await errand.call('/v1/jobs?tag=rerun-lists-again');
    expect(again.items.map(({ rerunOf }: JobBody) => rerunOf)).toEqual([job.id, job.id, job.id]);
    expect((await errand.call(`/v1/jobs/${job.id}/events`)).body.items).toEqual(events);
    await errand.call(`/v1/jobs/${parent.id}/abort`, { method: 'POST' });
  });

  test('still names a rerun that was deleted', async () => {
    const job = await ended({ service: 'echo' });
    const { body: draft } = await rerun(job.id, { body: { start: false } });
    const named = await jobRerunAs(errand, job.id, draft.id);
    expect((await errand.call(`/v1/jobs/${draft.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await errand.call(`/v1/jobs/${job.id}`)).body).toEqual(named);
    expectProblem(await errand.call(`/v1/jobs/${named.rerunAs}`), 'job-deleted');
  });
});

describe('a rerun under an idempotency key', () => {
  const headers = { 'idempotency-key': 'once' };

  test('creates one job, however often it is requested', async () => {
    const job = await ended({ service: 'echo', name: 'keyed' });
    const responses = await Promise.all(Array.from({ length: 5 }, () => rerun(job.id, { headers })));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    const replayed = responses.filter((response) => response.headers.get('idempotency-replayed') === 'true');
    expect(replayed).toHaveLength(4);
    expect(await countOf('keyed')).toBe(2);
  });

  test('is refused for another job, for another body and for a submission', async () => {
    const [one, other] = [await ended({ service: 'echo' }), await ended({ service: 'echo' })];
    const keyed = { 'idempotency-key': 'of-one' };
    expect((await rerun(one.id, { headers: keyed })).status).toBe(202);
    expectProblem(await rerun(other.id, { headers: keyed }), 'idempotency-key-reused');
    const body = { name: 'changed' };
    expectProblem(await rerun(one.id, { headers: keyed, body }), 'idempotency-key-reused');
    const submission = { body: { service: 'echo' }, headers: keyed };
    expectProblem(await errand.call('/v1/jobs', submission), 'idempotency-key-reused');
  });
});

test('a rerun of a job that ended as dependency-failed has the same dependencies, unless its body has others', async () => {
  const failing = { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } };
  const needed = await ended(failing);
  const { body: job } = await errand.call('/v1/jobs', {
    headers: paused,
    body: { service: 'echo', dependsOn: [needed.id] },
  });
  expect(job).toMatchObject({ status: 'error', error: { code: 'dependency-failed' } });
  const same = await rerun(job.id, { headers: paused });
  expect(same.body).toMatchObject({ dependsOn: [needed.id], error: { code: 'dependency-failed' } });
  const free = await rerun(job.id, { body: { dependsOn: [] }, headers: paused });
  expect(free.body).toMatchObject({ status: 'succeeded' });
  expect(free.body).not.toHaveProperty('dependsOn');
  const mended = await ended({ service: 'echo' });
  const other = await rerun(job.id, { body: { dependsOn: [mended.id] }, headers: paused });
  expect(other.body).toMatchObject({ status: 'succeeded', dependsOn: [mended.id] });
});

describe('a rerun is refused, and nothing is stored,', () => {
  test('for a job that has not ended, with the actions that are allowed instead', async () => {
    const job = await submitJob(errand, { service: 'echo', name: 'runs', parameters: { sleepSeconds: 50 } });
    const response = await rerun(job.id, { headers: paused });
    expectProblem(response, 'illegal-transition');
    expect(response.body.actions).toEqual(
      expect.arrayContaining([
        { name: 'abort', allowed: true },
        { name: 'rerun', allowed: false, reason: expect.stringMatching(/has not ended/) },
      ]),
    );
    expect(await countOf('runs')).toBe(1);
  });

  test('for every reason to refuse a submission', async () => {
    const job = await ended({ service: 'csv-profile@1.0.0', name: 'good', parameters: { csv: 'a\n1\n' } });
    const refused = async (body: object) => rerun(job.id, { body, headers: paused });
    const invalid = await refused({ parameters: { csv: 'a\n1\n', delimiter: 7 } });
    expectProblem(invalid, 'invalid-parameters');
    expect(invalid.body.errors).toMatchObject([{ pointer: '/parameters/delimiter' }]);
    const input = await refused({ inputs: { table: [job.id] } });
    expectProblem(input, 'invalid-inputs');
    const unindexable = await refused({ service: 'indexing', metadata: { run: [] } });
    expectProblem(unindexable, 'invalid-metadata');
    expectProblem(await refused({ service: 'ecko' }), 'service-not-found');
    expectProblem(await refused({ service: 'many' }), 'ambiguous-version');
    const unknown = await refused({ parameter: {} });
    expectProblem(unknown, 'invalid-request');
    expect(unknown.body.errors).toMatchObject([{ pointer: '/parameter' }]);
    expect(await countOf('good')).toBe(1);
  });

  test('for a parent that has ended, and for jobs that do not exist', async () => {
    const job = await ended({ service: 'echo', name: 'alone' });
    expectProblem(await rerun(job.id, { body: { parentId: job.id } }), 'parent-ended');
    expectProblem(await rerun(job.id, { body: { dependsOn: [jobIdAt(1)] } }), 'unknown-job');
    expect(await countOf('alone')).toBe(1);
  });

  test("for a job that does not exist, or is another tenant's", async () => {
    const job = await ended({ service: 'echo' });
    const foreign = other.call;
    for (const response of [await rerun(jobIdAt(0)), await rerun('nonsense'), await rerun(job.id, foreign)])
      expectProblem(response, 'not-found');
  });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['rerunJob'])).toEqual([]);
});
