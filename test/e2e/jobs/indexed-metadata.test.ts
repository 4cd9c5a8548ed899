import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' } as const;
const definition = { parameters: {}, dispatcher };
const other = newTenant();

let errand: TestErrand;
/** The jobs of the tests, in the order of their submission. */
const made: JobBody[] = [];
let otherJob: JobBody;

const metadataOf = [
  { run: 7, site: 'north' },
  { run: '7', site: 'Nørth & #1' },
  { run: -2.5, site: 'north', note: 'n' },
  { run: 10 },
  { site: 'north', run: 7 },
];

async function register(service: string, body: object, call: Call = {}): Promise<void> {
  const path = `/v1/services/${service}`;
  expectDocumented(await errand.call(path, { method: 'PUT', body, ...call }), 'registerService');
}

async function submit(body: object, call: Call = {}): Promise<JobBody> {
  const headers = { prefer: 'wait=20', ...call.headers };
  const response = await errand.call('/v1/jobs', { ...call, body, headers });
  expect(expectDocumented(response, 'submitJob').status).toBe(200);
  return response.body;
}

beforeAll(async () => {
  errand = await startTestErrand();
  await register('measure/versions/1.0.0', { ...definition, indexedMetadata: ['run', 'site'] });
  await register('plain/versions/1.0.0', definition);
  for (const metadata of metadataOf) made.push(await submit({ service: 'measure', metadata }));
  await submit({ service: 'plain', metadata: { run: 7, site: 'north' } });
  await addKey(errand.cloud, other.holder);
  await register('measure/versions/1.0.0', { ...definition, indexedMetadata: ['run'] }, other.call);
  otherJob = await submit({ service: 'measure', metadata: { run: 7 } }, other.call);
});
afterAll(() => errand?.end());

const list = async (query: string, call: Call = {}) =>
  expectDocumented(await errand.call(`/v1/jobs?${query}`, call), 'listJobs');
const ids = (jobs: readonly JobBody[]) => jobs.map(({ id }) => id);
const madeAt = (...indexes: readonly number[]) => indexes.map((index) => made[index]?.id);
const edit = async (id: string, body: object) =>
  expectDocumented(await errand.call(`/v1/jobs/${id}`, { method: 'PATCH', body }), 'editJob');

describe('a list of jobs by indexed metadata', () => {
  test.each([
    ['a number, and the text of its digits', 'metadata.run=7', [4, 1, 0]],
    ['a number in another form', 'metadata.run=7.0', [4, 0]],
    ['a negative number', 'metadata.run=-2.5', [2]],
    ['a text', 'metadata.site=north', [4, 2, 0]],
    ['a text with characters of all kinds', `metadata.site=${encodeURIComponent('Nørth & #1')}`, [1]],
    ['two members', 'metadata.site=north&metadata.run=7', [4, 0]],
    ['a member that is not indexed', 'metadata.note=n', []],
    ['a value that no job has', 'metadata.run=8', []],
    ['the beginning of a value', 'metadata.site=nort', []],
    ['a member and a service', 'metadata.run=7&service=measure', [4, 1, 0]],
    ['a member and a service whose jobs are not indexed', 'metadata.run=7&service=plain', []],
    ['a member and a state', 'metadata.run=7&status=succeeded', [4, 1, 0]],
    ['a member and a state that its jobs do not have', 'metadata.run=7&status=failed', []],
    ['both bounds, in the order of the numbers', 'metadata.run.min=-2.5&metadata.run.max=7', [4, 0, 2]],
    ['a lower bound, and a text', 'metadata.run.min=7&metadata.site=north', [4, 0]],
    ['an upper bound', 'metadata.run.max=7.5', [4, 0, 2]],
    ['a lower bound', 'metadata.run.min=7', [3, 4, 0]],
    ['bounds that exclude each other', 'metadata.run.min=7&metadata.run.max=-7', []],
  ])('contains the jobs with %s', async (_, query, indexes) => {
    expect(ids((await list(query)).body.items)).toEqual(madeAt(...indexes));
    const oldest = (await list(`${query}&order=asc`)).body.items;
    expect(ids(oldest)).toEqual(madeAt(...indexes.toReversed()));
  });

  test('states how many jobs were read only if another filter was applied to them', async () => {
    expect((await list('metadata.run=7')).body.scanned).toBeUndefined();
    expect((await list('metadata.run.min=0')).body.scanned).toBeUndefined();
    expect((await list('metadata.run=7&service=measure')).body.scanned).toBe(3);
    expect((await list('metadata.run.min=0&metadata.run.max=9&status=succeeded')).body.scanned).toBe(2);
  });

  test.each([
    'metadata.site=north',
    'metadata.run=7',
    'metadata.run.min=-9&metadata.run.max=9',
    'order=asc&metadata.run.max=100',
    'metadata.run.max=100&service=measure',
  ])('can be read completely through its links: %s', async (query) => {
    const whole = (await list(query)).body.items;
    const pages = await followPages(errand, { path: `/v1/jobs?${query}&limit=1`, operationId: 'listJobs' });
    expect(ids(pages.flatMap(({ items }) => [...items]))).toEqual(ids(whole));
  });

  test('accepts a cursor with its own filters only, in any order', async () => {
    const { nextCursor } = (await list('metadata.run.min=-9&metadata.run.max=9&limit=1')).body;
    const same = `metadata.run.max=9&metadata.run.min=-9&cursor=${nextCursor}`;
    expect(ids((await list(same)).body.items)).toEqual(madeAt(0, 2));
    for (const query of ['metadata.run.min=-9', 'metadata.run.min=-9&metadata.run.max=10', 'metadata.run=7'])
      expectProblem(await list(`${query}&cursor=${nextCursor}`), 'bad-cursor');
  });

  test('contains no job of another tenant', async () => {
    for (const query of ['metadata.run=7', 'metadata.run.min=0', 'metadata.run.max=9&order=asc']) {
      expect(ids((await list(query, other.call)).body.items)).toEqual([otherJob.id]);
      expect(ids((await list(query)).body.items)).not.toContain(otherJob.id);
    }
    expect((await list('metadata.site=north', other.call)).body.items).toEqual([]);
  });

  test('is refused for parameters that are not filters, with a pointer to each', async () => {
    const response = await list(
      'metadata.7=1&metadata.run.min=many&metadata.run=1&metadata.run=2&colour=red',
    );
    expectProblem(response, 'invalid-request');
    const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    expect(pointers).toEqual(['/colour', '/metadata.7', '/metadata.run', '/metadata.run.min']);
  });
});

describe('an indexed job', () => {
  test('is found by its new metadata after an edit in any state, and no longer after its deletion', async () => {
    const { id } = await submit({ service: 'measure', metadata: { run: 100, site: 'here' } });
    const found = async (query: string) => ids((await list(query)).body.items);
    expect(await found('metadata.run=100')).toEqual([id]);
    await edit(id, { metadata: { run: 101, site: null } });
    expect(await found('metadata.run=100')).toEqual([]);
    expect(await found('metadata.site=here')).toEqual([]);
    expect(await found('metadata.run.min=100.5&metadata.run.max=101')).toEqual([id]);
    expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await found('metadata.run=101')).toEqual([]);
    expect(await found('metadata.run.min=100')).toEqual([]);
  });

  test('is refused with values that cannot be indexed, at its submission and in an edit', async () => {
    const metadata = { run: [7], site: 'x'.repeat(257), note: [7] };
    const refused = await errand.call('/v1/jobs', { body: { service: 'measure', metadata } });
    expectProblem(expectDocumented(refused, 'submitJob'), 'invalid-metadata');
    expect(refused.body.errors).toMatchObject([
      { pointer: '/metadata/run', keyword: 'type' },
      { pointer: '/metadata/site', keyword: 'maxLength' },
    ]);
    const [job] = made;
    const edited = await edit(job?.id ?? '', { metadata: { run: true } });
    expectProblem(edited, 'invalid-metadata');
    expect((await list('metadata.run=7')).body.items).toHaveLength(3);
  });

  test('keeps the index of the definition that it was accepted with, and later jobs get the current one', async () => {
    const path = 'changing/versions/0.1.0-dev';
    await register(path, { ...definition, indexedMetadata: ['first'] });
    const service = 'changing@0.1.0-dev';
    const metadata = { first: 1, second: 2 };
    const before = await submit({ service, metadata });
    await register(path, { ...definition, indexedMetadata: ['second'] });
    const after = await submit({ service, metadata });
    expect(ids((await list('metadata.first=1')).body.items)).toEqual([before.id]);
    expect(ids((await list('metadata.second=2')).body.items)).toEqual([after.id]);
    await edit(before.id, { metadata: { first: 3, second: [] } });
    expect(ids((await list('metadata.first=3')).body.items)).toEqual([before.id]);
  });

  test('is a draft as long as its metadata cannot be indexed', async () => {
    const body = { service: 'measure', start: false, metadata: { run: { a: 1 } } };
    const { body: draft } = expectDocumented(await errand.call('/v1/jobs', { body }), 'submitJob');
    expect(draft).toMatchObject({ status: 'draft', missing: [{ pointer: '/metadata/run' }] });
    expect((await edit(draft.id, { metadata: { run: 55 } })).body.status).toBe('ready');
    expect(ids((await list('metadata.run=55')).body.items)).toEqual([draft.id]);
    expect((await errand.call(`/v1/jobs/${draft.id}/start`, { method: 'POST' })).status).toBe(202);
    await endedJob(errand, draft.id);
    expect(ids((await list('metadata.run=55&status=succeeded')).body.items)).toEqual([draft.id]);
  });
});

test('a definition with an invalid list of indexed members is refused', async () => {
  for (const indexedMetadata of [['7'], ['a.b'], ['a'.repeat(64)], ['a', 'b', 'c', 'd', 'e', 'f'], 'run']) {
    const call = { method: 'PUT', body: { ...definition, indexedMetadata } };
    const response = await errand.call('/v1/services/refused/versions/1.0.0', call);
    expectProblem(expectDocumented(response, 'registerService'), 'invalid-request');
    expect(response.body.errors[0].pointer).toMatch(/^\/indexedMetadata/);
  }
});
