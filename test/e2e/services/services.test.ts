import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import document from '../../../docs/openapi.json' with { type: 'json' };
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const definition = {
  title: 'A title',
  tags: ['under-test'],
  parameters: { type: 'object', properties: { size: { type: 'integer' } } },
  dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
};
const changed = { ...definition, title: 'Another title' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.end());

const at = (name: string, version: string) => `/v1/services/${name}/versions/${version}`;

async function register(name: string, version: string, body: unknown = definition) {
  return expectDocumented(await errand.call(at(name, version), { method: 'PUT', body }), 'registerService');
}

async function get(name: string, version: string) {
  return expectDocumented(await errand.call(at(name, version)), 'getServiceVersion');
}

async function use(name: string): Promise<void> {
  const response = await errand.call('/v1/jobs', { body: { service: name }, headers: { prefer: 'wait=20' } });
  expect(response.status).toBe(200);
}

test('health needs no key', async () => {
  const response = await errand.call('/v1/health', { withKey: false });
  expect(expectDocumented(response, 'getHealth').body).toEqual({ status: 'ok' });
});

test('the OpenAPI document is public and contains the URL at which it was requested', async () => {
  const response = await errand.call('/v1/openapi.json', { withKey: false });
  const expected = { ...document, servers: [{ url: errand.url }] };
  expect(expectDocumented(response, 'getOpenApi').body).toEqual(expected);
});

describe('a version', () => {
  test('is registered with 201 and its URL, and then found there', async () => {
    const response = await register('new-one', '1.2.3-rc.1');
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${errand.url}${at('new-one', '1.2.3-rc.1')}`);
    expect(response.body).toMatchObject({
      ...definition,
      name: 'new-one',
      version: '1.2.3-rc.1',
      urn: 'urn:errand:service:new-one:1.2.3-rc.1',
      status: 'active',
      used: false,
    });
    const { warnings, ...version } = response.body;
    expect(warnings).toEqual([]);
    expect((await get('new-one', '1.2.3-rc.1')).body).toEqual(version);
  });

  test('is unchanged by the same definition, and changed by another until a job uses it', async () => {
    const created = await register('changing', '1.0.0');
    const again = await register('changing', '1.0.0');
    expect(again).toMatchObject({ status: 200, body: created.body });
    const other = await register('changing', '1.0.0', changed);
    expect(other).toMatchObject({
      status: 200,
      body: { title: changed.title, createdAt: created.body.createdAt },
    });
    await use('changing');
    expectProblem(await register('changing', '1.0.0'), 'version-immutable');
    expect((await register('changing', '1.0.0', changed)).status).toBe(200);
    expect((await get('changing', '1.0.0')).body).toMatchObject({ title: changed.title, used: true });
  });

  test('for development is changed after a job has used it, but not deleted', async () => {
    await register('developing', '0.1.0-dev');
    await use('developing');
    const headers = { 'if-none-match': '*' };
    const guarded = await errand.call(at('developing', '0.1.0-dev'), {
      method: 'PUT',
      body: changed,
      headers,
    });
    expectProblem(guarded, 'precondition-failed');
    expect(await register('developing', '0.1.0-dev', changed)).toMatchObject({
      status: 200,
      body: { title: changed.title, used: true },
    });
    await use('developing');
    const removed = await errand.call(at('developing', '0.1.0-dev'), { method: 'DELETE' });
    expectProblem(removed, 'service-in-use');
  });

  test.each([
    ['no-function', { kind: 'lambda', functionName: 'errand-service-missing' }, 'functionName'],
    ['no-definition', { kind: 'batch', jobDefinition: 'errand-job-missing' }, 'jobDefinition'],
    ['no-revision', { kind: 'batch', jobDefinition: 'errand-job-cpu-load:99' }, 'jobDefinition'],
  ])('is registered with a warning if nothing can run it yet: %s', async (name, dispatcher, member) => {
    const { status, body } = await register(name, '1.0.0', { ...definition, dispatcher });
    const code = member === 'functionName' ? 'function-not-found' : 'job-definition-not-found';
    const detail = expect.stringContaining('does not exist');
    expect(status).toBe(201);
    expect(body.warnings).toEqual([{ code, detail, pointer: `/dispatcher/${member}` }]);
    expect((await get(name, '1.0.0')).body).not.toHaveProperty('warnings');
  });

  test.each(['errand-job-cpu-load', 'errand-job-cpu-load:1'])(
    'is registered without a warning if its job definition exists: %s',
    async (jobDefinition) => {
      const dispatcher = { kind: 'batch', jobDefinition };
      const { body } = await register(`deployed-${jobDefinition.length}`, '1.0.0', {
        ...definition,
        dispatcher,
      });
      expect(body.warnings).toEqual([]);
    },
  );

  test('can be deleted until a job uses it', async () => {
    await register('deletable', '1.0.0');
    await register('deletable', '2.0.0');
    const remove = async (version: string) =>
      expectDocumented(await errand.call(at('deletable', version), { method: 'DELETE' }), 'deleteService');
    expect(await remove('2.0.0')).toMatchObject({ status: 204, body: '' });
    expectProblem(await remove('2.0.0'), 'service-not-found');
    expectProblem(await get('deletable', '2.0.0'), 'service-not-found');
    await use('deletable');
    expectProblem(await remove('1.0.0'), 'service-in-use');
    expect((await get('deletable', '1.0.0')).status).toBe(200);
  });

  test('keeps the time of its deprecation when the reason changes', async () => {
    await register('ageing', '1.0.0');
    const deprecate = async (version: string, reason: string) => {
      const response = await errand.call(`${at('ageing', version)}/deprecate`, { body: { reason } });
      return expectDocumented(response, 'deprecateService');
    };
    const first = await deprecate('1.0.0', 'too old');
    expect(first).toMatchObject({
      status: 200,
      body: { status: 'deprecated', deprecation: { reason: 'too old' } },
    });
    const second = await deprecate('1.0.0', 'much too old');
    expect(second.body.deprecation).toEqual({ ...first.body.deprecation, reason: 'much too old' });
    expect((await get('ageing', '1.0.0')).body).toEqual(second.body);
    expectProblem(await deprecate('9.0.0', 'never was'), 'service-not-found');
  });
});

describe('a service', () => {
  test('shows all its versions, newest first, by the rules of semantic versions', async () => {
    for (const version of ['1.10.0', '1.9.0', '2.0.0-rc.1', '2.0.0']) await register('several', version);
    const { body } = expectDocumented(await errand.call('/v1/services/several'), 'getService');
    expect(body.name).toBe('several');
    const versions = body.versions.map(({ version }: { version: string }) => version);
    expect(versions).toEqual(['2.0.0', '2.0.0-rc.1', '1.10.0', '1.9.0']);
  });

  test('orders and pages prereleases by digits of any length, and a range selects by them', async () => {
    const newest = ['1.0.0-9007199254740993', '1.0.0-9007199254740992', '1.0.0-9007199254740991'];
    for (const version of newest.toReversed()) await register('timestamped', version);
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const response = await errand.call(`/v1/services/timestamped?limit=1${cursor}`);
      const { body } = expectDocumented(response, 'getService');
      found.push(...body.versions.map(({ version }: { version: string }) => version));
      if (body.nextCursor === undefined) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(found).toEqual(newest);
    const service = 'timestamped@>=1.0.0-9007199254740991';
    const job = await errand.call('/v1/jobs', { body: { service } });
    expect(job.body.service.version).toBe(newest[0]);
  });

  test('that does not exist is reported with similar names', async () => {
    const response = expectDocumented(await errand.call('/v1/services/csv-profil'), 'getService');
    expectProblem(response, 'service-not-found');
    expect(response.body.suggestions).toEqual(['csv-profile']);
  });

  test('is not returned for an invalid cursor, or for a page of size zero', async () => {
    const response = expectDocumented(await errand.call('/v1/services/several?cursor=x'), 'getService');
    expectProblem(response, 'bad-cursor');
    expectProblem(await errand.call('/v1/services/several?limit=0'), 'invalid-request');
  });

  test('whose version does not exist is reported with the versions that exist', async () => {
    const response = await get('echo', '7.0.0');
    expectProblem(response, 'service-not-found');
    expect(response.body.suggestions).toEqual(['1.0.0']);
  });
});

describe('an invalid definition', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { not: deep(levels - 1) });

  test.each([
    ['a schema that is none', { parameters: { type: 'objekt' } }, '/parameters/type'],
    ['a schema that is too deep', { parameters: deep(32) }, '/parameters'],
    ['a schema that is too large', { parameters: { description: 'x'.repeat(65_536) } }, '/parameters'],
    ['a remote reference', { parameters: { $ref: 'https://example.com/schema.json' } }, '/parameters/$ref'],
    ['a reference to nothing', { parameters: { $ref: '#/$defs/nothing' } }, '/parameters/$ref'],
    ['a bad schema of the result', { result: { minimum: 'low' } }, '/result/minimum'],
    ['a pattern that could hang', { parameters: { pattern: '^(a+)+$' } }, '/parameters/pattern'],
    [
      'a default that breaks its own schema',
      { parameters: { properties: { size: { type: 'integer', default: 'five' } } } },
      '/parameters/properties/size/default',
    ],
    ['a longer time than Lambda gives', { attemptTimeoutSeconds: 901 }, '/attemptTimeoutSeconds'],
  ])('with %s is refused with its pointer, and nothing is stored', async (_, fault, pointer) => {
    const response = await register('refused', '1.0.0', { ...definition, ...fault });
    expectProblem(response, 'schema-invalid');
    expect(response.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer })]));
    expectProblem(await get('refused', '1.0.0'), 'service-not-found');
  });

  test('is reported with all its errors in one response', async () => {
    const { dispatcher: _, ...body } = { ...definition, title: 5, retry: { maxAttempts: 11 }, colour: 'red' };
    const response = await register('refused', '1.0.0', body);
    expectProblem(response, 'invalid-request');
    const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/colour', '/dispatcher', '/retry/maxAttempts', '/title']);
  });

  test('with an unknown kind of dispatcher is refused', async () => {
    const response = await register('refused', '1.0.0', { ...definition, dispatcher: { kind: 'nextflow' } });
    expectProblem(response, 'invalid-request');
    expect(response.body.errors[0].pointer).toBe('/dispatcher/kind');
  });

  test.each([
    ['Bad_Name', '1.0.0', 'name'],
    ['9lives', '1.0.0', 'name'],
    ['good', '1.0', 'version'],
    ['good', 'latest', 'version'],
    ['good', '1.0.0+build', 'version'],
  ])('at the path of %s and %s is refused for its %s', async (name, version, part) => {
    const response = await register(name, encodeURIComponent(version));
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toHaveLength(1);
    expect(response.body.errors[0].detail).toContain(`The ${part} in the path`);
  });
});

describe('the list', () => {
  const list = async (query: string) =>
    expectDocumented(await errand.call(`/v1/services?${query}`), 'listServices');
  const names = (items: ReadonlyArray<{ name: string; version: string }>) =>
    items.map(({ name, version }) => `${name}@${version}`);

  beforeAll(async () => {
    for (const name of ['list-b', 'list-a', 'list-c'])
      for (const version of ['1.0.0', '2.0.0'])
        await register(name, version, { ...definition, tags: ['listed'] });
  });

  const everyListed = ['a', 'b', 'c'].flatMap((end) => [`list-${end}@1.0.0`, `list-${end}@2.0.0`]);

  test.each([1, 2, 5, 6, 1000])('is complete in pages of %i, with each version once', async (limit) => {
    const pages = await followPages(errand, {
      path: `/v1/services?tag=listed&limit=${limit}`,
      operationId: 'listServices',
    });
    for (const { items } of pages) expect(items.length).toBeLessThanOrEqual(limit);
    expect(names(pages.flatMap(({ items }) => [...items]))).toEqual(everyListed);
  });

  test('is complete without a filter', async () => {
    const pages = await followPages(errand, { path: '/v1/services?limit=4', operationId: 'listServices' });
    const all = names(pages.flatMap(({ items }) => [...items]));
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining(['echo@1.0.0', 'csv-profile@1.0.0', ...everyListed]));
  });

  test('is filtered by an exact name, and by name and tag together', async () => {
    expect(names((await list('name=list-a')).body.items)).toEqual(['list-a@1.0.0', 'list-a@2.0.0']);
    expect((await list('name=list')).body.items).toEqual([]);
    expect((await list('name=echo&tag=listed')).body.items).toEqual([]);
  });

  test('accepts a cursor only with the filters of its list', async () => {
    const { nextCursor } = (await list('tag=listed&limit=1')).body;
    for (const query of [`cursor=${nextCursor}`, `tag=other&cursor=${nextCursor}`, 'cursor=nonsense'])
      expectProblem(await list(query), 'bad-cursor');
  });
});

test('every documented response occurs', () => {
  const operations = [
    'getHealth',
    'getOpenApi',
    'listServices',
    'getService',
    'getServiceVersion',
    'registerService',
    'deprecateService',
    'deleteService',
  ] as const;
  expect(uncheckedResponses(operations)).toEqual([]);
});
