import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../../core/contract/routes/routes.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { uploadedData } from './uploaded-data.ts';

const other = newTenant();

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

const call: TestErrand['call'] = (path, options) => errand.call(path, options);
const jsonLd = { accept: 'application/ld+json' };

async function ended(submission: object): Promise<JobBody> {
  return endedJob(errand, (await submitJob(errand, { service: 'echo', ...submission })).id);
}

async function lineage(kind: 'jobs' | 'data', id: string, query = '') {
  const operationId: OperationId = kind === 'jobs' ? 'getJobLineage' : 'getDataLineage';
  return expectDocumented(await call(`/v1/${kind}/${id}/lineage${query}`), operationId);
}

/** The edges as `from relation to`, by the names of the nodes. */
function relationsOf({ nodes, edges }: JobBody): readonly string[] {
  const names = new Map(nodes.map(({ id, name }: JobBody) => [id, name]));
  return edges.map(({ from, relation, to }: JobBody) => `${names.get(from)} ${relation} ${names.get(to)}`);
}

/** A job with a dependency, a sub-job of it, and a rerun of the dependency. */
async function family() {
  const needed = await ended({ name: 'needed' });
  const draft = { service: 'echo', name: 'parent', dependsOn: [needed.id], start: false };
  const { body: parent } = await call('/v1/jobs', { body: draft });
  const child = await ended({ name: 'child', parentId: parent.id });
  const response = await call(`/v1/jobs/${needed.id}/rerun`, { body: { name: 'rerun' } });
  expect(response.status).toBe(202);
  return { needed, parent, child, rerun: response.body };
}

describe('the lineage of a job', () => {
  test('contains its sub-jobs, dependencies, dependents and reruns', async () => {
    const { needed, parent, child } = await family();
    const { body } = await lineage('jobs', parent.id);
    expect(body).toMatchObject({ root: parent.id, truncated: false });
    expect(relationsOf(body)).toEqual(['parent dependsOn needed', 'child subJobOf parent']);
    expect(body.nodes.find(({ id }: JobBody) => id === needed.id)).toEqual({
      ...{ id: needed.id, kind: 'job', name: 'needed', status: 'succeeded', createdAt: needed.requestedAt },
      service: needed.service,
    });
    const down = await lineage('jobs', needed.id, '?direction=down&depth=2');
    expect([...relationsOf(down.body)].sort()).toEqual([
      'child subJobOf parent',
      'parent dependsOn needed',
      'rerun rerunOf needed',
    ]);
    const up = await lineage('jobs', `urn:errand:job:${child.id}`, '?direction=up&depth=1');
    expect(relationsOf(up.body)).toEqual(['child subJobOf parent']);
  });

  test('contains a deleted job, and exists for it', async () => {
    const { needed, rerun } = await family();
    await endedJob(errand, rerun.id);
    const last = await ended({ name: 'last', dependsOn: [rerun.id] });
    expect((await call(`/v1/jobs/${rerun.id}`, { method: 'DELETE' })).status).toBe(204);
    const { body } = await lineage('jobs', last.id);
    expect(relationsOf(body)).toEqual(['last dependsOn rerun', 'rerun rerunOf needed']);
    expect(body.nodes.map(({ id, deleted }: JobBody) => [id, deleted])).toEqual([
      [last.id, undefined],
      [rerun.id, true],
      [needed.id, undefined],
    ]);
    expect((await lineage('jobs', rerun.id, '?direction=up')).body.nodes[0]).toMatchObject({ deleted: true });
  });

  test('is returned as PROV to a client that prefers JSON-LD', async () => {
    const { needed } = await family();
    const response = await call(`/v1/jobs/${needed.id}/lineage`, { headers: jsonLd });
    expect(expectDocumented(response, 'getJobLineage').headers.get('content-type')).toBe(
      'application/ld+json',
    );
    expect(response.headers.get('vary')).toBe('Accept');
    const activity = response.body['@graph'].find(({ id }: JobBody) => id === `urn:errand:job:${needed.id}`);
    expect(activity).toMatchObject({
      type: 'prov:Activity',
      startedAtTime: needed.startedAt,
      endedAtTime: needed.finishedAt,
      used: [needed.links.request],
    });
    expect((await call(`/v1/jobs/${needed.id}/request`)).body).toEqual({});
    for (const accept of ['application/json, application/ld+json;q=0.9', 'application/ld+json;q=0', '*/*']) {
      const plain = await call(`/v1/jobs/${needed.id}/lineage`, { headers: { accept } });
      expect([plain.headers.get('content-type'), plain.headers.get('vary')]).toEqual([
        'application/json',
        'Accept',
      ]);
    }
  });

  test('is checked against its entity tag, of which each form has its own', async () => {
    const { id } = await ended({});
    const path = `/v1/jobs/${id}/lineage`;
    const tag = (await call(path)).headers.get('etag') ?? '';
    expect((await lineage('jobs', id)).status).toBe(200);
    const headers = { 'if-none-match': tag };
    expect(expectDocumented(await call(path, { headers }), 'getJobLineage').status).toBe(304);
    expect((await call(path, { headers: { ...headers, ...jsonLd } })).status).toBe(200);
    const refused = await call(path, { headers: { 'if-match': '"other"' } });
    expectProblem(expectDocumented(refused, 'getJobLineage'), 'precondition-failed');
  });
});

describe('the lineage of a data object', () => {
  test('contains the object, also after its deletion', async () => {
    const { id, createdAt } = await uploadedData(call, Buffer.from('abc'), { name: 'table.csv' });
    const node = { id, kind: 'data', name: 'table.csv', status: 'available', createdAt };
    const graph = { root: id, nodes: [node], edges: [], truncated: false };
    expect((await lineage('data', id)).body).toEqual(graph);
    expect((await lineage('data', `urn:errand:data:${id}`)).body).toEqual(graph);
    expect((await call(`/v1/data/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await lineage('data', id)).body.nodes).toEqual([{ ...node, deleted: true }]);
    const prov = expectDocumented(
      await call(`/v1/data/${id}/lineage`, { headers: jsonLd }),
      'getDataLineage',
    );
    expect(prov.body['@graph'][0]).toMatchObject({
      id: `urn:errand:data:${id}`,
      type: 'prov:Entity',
      label: 'table.csv',
      wasAttributedTo: 'urn:errand:principal:local',
      invalidatedAtTime: expect.any(String),
    });
    const headers = { 'if-none-match': prov.headers.get('etag') ?? '', ...jsonLd };
    const unchanged = await call(`/v1/data/${id}/lineage`, { headers });
    expect(expectDocumented(unchanged, 'getDataLineage').status).toBe(304);
    const refused = await call(`/v1/data/${id}/lineage`, { headers: { 'if-match': '"other"' } });
    expectProblem(expectDocumented(refused, 'getDataLineage'), 'precondition-failed');
  });
});

describe('a request for a lineage', () => {
  test('with an unknown ID, or the ID of the other kind or another tenant, is not found', async () => {
    const { id: job } = await ended({});
    const { id: data } = await uploadedData(call, Buffer.from('abc'));
    for (const id of [data, 'no-id']) expectProblem(await lineage('jobs', id), 'not-found');
    for (const id of [job, 'no-id']) expectProblem(await lineage('data', id), 'not-found');
    for (const path of [`/v1/jobs/${job}/lineage`, `/v1/data/${data}/lineage`])
      expectProblem(await call(path, other.call), 'not-found');
  });

  test.each(['direction=sideways', 'depth=0', 'depth=21', 'depth=1.5', 'nodes=5'])(
    'with %s is refused',
    async (query) => {
      const { id } = await submitJob(errand, { service: 'echo' });
      expectProblem(await lineage('jobs', id, `?${query}`), 'invalid-request');
    },
  );

  test('requires the scopes to read jobs and data', async () => {
    const { id: job } = await submitJob(errand, { service: 'echo' });
    const { id: data } = await uploadedData(call, Buffer.from('abc'));
    for (const scopes of [['jobs:read'], ['data:read'], ['jobs:read', 'data:read']] as const) {
      const key = `key-of-lineage-${scopes.join('-')}`;
      await addKey(errand.cloud, { tenant: errand.tenant, principal: 'reader', key, scopes });
      for (const path of [`/v1/jobs/${job}/lineage`, `/v1/data/${data}/lineage`]) {
        const response = await errand.call(path, { withKey: false, headers: { 'x-api-key': key } });
        if (scopes.length === 2) expect(response.status).toBe(200);
        else expectProblem(response, 'forbidden');
      }
    }
  });
});

test('every documented response of the lineage routes was received', () => {
  expect(uncheckedResponses(['getJobLineage', 'getDataLineage'])).toEqual([]);
});
