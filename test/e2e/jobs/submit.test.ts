import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

type Headers = Readonly<Record<string, string>>;

const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
const paused = { prefer: 'wait=20' };

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0']) await register('many', version);
  await register('untouched', '1.0.0');
  await deprecate('many', '1.2.0');
});
afterAll(() => errand?.end());

async function register(name: string, version: string, definition: object = {}): Promise<void> {
  const path = `/v1/services/${name}/versions/${version}`;
  const body = { parameters: {}, dispatcher, ...definition };
  expect((await errand.call(path, { method: 'PUT', body })).status).toBe(201);
}

async function deprecate(name: string, version: string): Promise<void> {
  const path = `/v1/services/${name}/versions/${version}/deprecate`;
  expect((await errand.call(path, { body: { reason: 'has a fault' } })).status).toBe(200);
}

async function submit(body: unknown, headers: Headers = {}) {
  return expectDocumented(await errand.call('/v1/jobs', { body, headers }), 'submitJob');
}

describe('without a wait,', () => {
  test('a job is accepted with its URL, its tag and the time to poll again', async () => {
    const body = {
      service: 'echo',
      name: 'mine',
      tags: ['b', 'a'],
      metadata: { order: 7 },
      parameters: { sleepSeconds: 0.3 },
      retry: { maxAttempts: 5 },
    };
    const response = await submit(body);
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({
      status: 'pending',
      name: 'mine',
      tags: ['b', 'a'],
      metadata: { order: 7 },
      service: { name: 'echo', version: '1.0.0' },
      parameters: { sleepSeconds: 0.3 },
      attempt: 0,
      maxAttempts: 5,
      owner: 'local',
    });
    const { headers } = response;
    expect(headers.get('location')).toBe(`${errand.url}/v1/jobs/${response.body.id}`);
    expect(headers.get('location')).toBe(response.body.links.self);
    expect(headers.get('etag')).toBe(`"${response.body.version}"`);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.has('preference-applied')).toBe(false);
    const found = await errand.call(`/v1/jobs/${response.body.id}`, { headers: paused });
    expect(found.body).toMatchObject({ id: response.body.id, status: 'succeeded', name: 'mine' });
  });
});

describe('with a wait,', () => {
  test('a job is returned at its end, with its result', async () => {
    const response = await submit({ service: 'echo', parameters: { a: 1 } }, paused);
    expect(response).toMatchObject({
      status: 200,
      body: { status: 'succeeded', result: { a: 1 }, attempt: 1 },
    });
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(response.headers.has('retry-after')).toBe(false);
    expect(response.headers.get('location')).toBe(response.body.links.self);
  });

  test.each<[Headers, string]>([
    [{ prefer: 'wait' }, 'wait=280'],
    [{ prefer: 'wait=99999' }, 'wait=280'],
    [{ prefer: 'respond-async, wait=19.5' }, 'wait=19.5'],
    [{ prefer: 'Wait="18"' }, 'wait=18'],
    [{ timeout: '17.25' }, 'wait=17.25'],
    [{ prefer: 'wait=16', timeout: '3' }, 'wait=16'],
    [{ prefer: 'return=minimal', timeout: '15' }, 'wait=15'],
  ])('%o is applied as %s', async (headers, applied) => {
    const response = await submit({ service: 'echo' }, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe(applied);
  });

  test.each<[Headers]>([
    [{ prefer: 'wait=0' }],
    [{ prefer: 'wait=0.0' }],
    [{ timeout: '0' }],
    [{ prefer: 'wait=soon' }],
    [{ prefer: 'wait=-5' }],
    [{ prefer: 'wait=1e3' }],
    [{ timeout: 'Infinity' }],
    [{ prefer: ';;;' }],
  ])('%o is not a wait', async (headers) => {
    const response = await submit({ service: 'echo' }, headers);
    expect(response.status).toBe(202);
    expect(response.headers.has('preference-applied')).toBe(false);
  });

  test('a call gets a 202 when its wait ends first, not before', async () => {
    const from = performance.now();
    const response = await submit(
      { service: 'echo', parameters: { sleepSeconds: 60 } },
      { prefer: 'wait=0.4' },
    );
    expect(performance.now() - from).toBeGreaterThan(390);
    expect(response).toMatchObject({ status: 202, body: { id: expect.any(String) } });
    expect(response.body.finishedAt).toBeUndefined();
    expect(response.headers.get('preference-applied')).toBe('wait=0.4');
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('fifty concurrent calls each get their own result', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const responses = await Promise.all(
      numbers.map((n) => submit({ service: 'echo', parameters: { n, sleepSeconds: 0.01 } }, paused)),
    );
    expect(responses.map(({ status }) => status)).toEqual(numbers.map(() => 200));
    expect(responses.map(({ body }) => body.result.n)).toEqual(numbers);
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(50);
  });

  test('a job ends although its caller disconnects', async () => {
    const controller = new AbortController();
    const body = JSON.stringify({ service: 'echo', name: 'left-behind', parameters: { sleepSeconds: 0.3 } });
    const headers = { 'x-api-key': errand.apiKey, 'content-type': 'application/json', ...paused };
    const call = fetch(`${errand.url}/v1/jobs`, { method: 'POST', headers, body, signal: controller.signal });
    const broken = expect(call).rejects.toThrow('abort');
    const leftBehind = await until('the job is there', async () => {
      const { items } = (await errand.call('/v1/jobs?limit=5')).body;
      return items.find(({ name }: { name: string }) => name === 'left-behind');
    });
    controller.abort();
    await broken;
    const { body: job } = await errand.call(`/v1/jobs/${leftBehind.id}`, { headers: paused });
    expect(job).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  test('a job that fails is returned with its error', async () => {
    const malformed = { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } };
    const { status, body } = await submit(malformed, paused);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'service-failed', retryable: false },
    });
    expect(body.error.detail).toContain('The CSV is malformed at line 2');
  });

  test('a job of a function that does not exist ends as misconfigured', async () => {
    await register('nowhere', '1.0.0', {
      dispatcher: { ...dispatcher, functionName: 'errand-service-nowhere' },
    });
    const { body } = await submit({ service: 'nowhere' }, paused);
    expect(body).toMatchObject({ status: 'error', error: { code: 'misconfigured' } });
  });

  test('a function that is registered for bare parameters gets no envelope', async () => {
    await register('bare', '1.0.0', { dispatcher: { ...dispatcher, payload: 'parameters' } });
    const parameters = { job: 1 };
    const { body } = await submit({ service: 'bare', parameters }, paused);
    expect(body.error.detail).toContain('The event is no job envelope');
  });
});

describe('a service is named', () => {
  test.each<[unknown, string]>([
    ['echo', 'echo@1.0.0'],
    ['many@1.0.0', 'many@1.0.0'],
    ['many@^1.0', 'many@1.1.0'],
    ['many@~1.0.0', 'many@1.0.0'],
    ['many@1.x', 'many@1.1.0'],
    ['many@>=1', 'many@2.0.0'],
    ['many@*', 'many@2.0.0'],
    ['urn:errand:service:many:2.0.0', 'many@2.0.0'],
    ['https://any.example/v1/services/echo', 'echo@1.0.0'],
    ['http://any.example:8080/live/v1/services/many/versions/1.0.0', 'many@1.0.0'],
    [{ name: 'echo' }, 'echo@1.0.0'],
    [{ name: 'many', version: '2.0.0' }, 'many@2.0.0'],
    [{ name: 'many', version: '^1' }, 'many@1.1.0'],
  ])('by %o', async (service, expected) => {
    const { status, body, headers } = await submit({ service });
    expect(status).toBe(202);
    expect(`${body.service.name}@${body.service.version}`).toBe(expected);
    expect(headers.has('deprecation')).toBe(false);
  });

  test('by the URL of its own links', async () => {
    const { links } = (await errand.call('/v1/services/many/versions/2.0.0')).body;
    expect((await submit({ service: links.self })).body.service).toEqual({ name: 'many', version: '2.0.0' });
  });

  test('exactly, though it is deprecated: the response reports since when', async () => {
    const { status, headers, body } = await submit({ service: 'many@1.2.0' });
    expect(status).toBe(202);
    const { deprecation } = (await errand.call(body.links.service.slice(errand.url.length))).body;
    expect(headers.get('deprecation')).toBe(`@${Math.floor(Date.parse(deprecation.at) / 1000)}`);
  });

  test('ambiguously: the response lists the active versions, newest first', async () => {
    const response = await submit({ service: 'many' });
    expectProblem(response, 'ambiguous-version');
    expect(response.body.versions).toEqual(['2.0.0', '1.1.0', '1.0.0']);
  });

  test.each([
    ['ecko', ['echo']],
    ['echo@^2', ['1.0.0']],
    ['echo@7.0.0', ['1.0.0']],
    ['many@1.2.x', ['2.0.0', '1.2.0', '1.1.0', '1.0.0']],
    ['nothing-like-any', []],
  ])('incorrectly, by %s: the response suggests %j', async (service, suggestions) => {
    const response = await submit({ service });
    expectProblem(response, 'service-not-found');
    expect(response.body.suggestions).toEqual(suggestions);
  });
});

describe('a refused submission stores nothing:', () => {
  const faults: ReadonlyArray<readonly [string, object, readonly string[]]> = [
    ['a missing service', { service: undefined }, ['/service']],
    ['a bad name of a service', { service: 'Not A Name' }, ['/service']],
    ['a bad range', { service: 'untouched@newest' }, ['/service']],
    ['a bad range in an object', { service: { name: 'untouched', version: '1..2' } }, ['/service/version']],
    ['a wrong type', { tags: 'a' }, ['/tags']],
    ['an unknown member', { parameter: {} }, ['/parameter']],
    ['metadata above 4,096 bytes', { metadata: { text: 'x'.repeat(4096) } }, ['/metadata']],
    ['text that UTF-8 cannot represent', { name: 'a\ud800', tags: ['\udfff'] }, ['/name', '/tags/0']],
    ['metadata that is not an object', { metadata: [1] }, ['/metadata']],
    [
      'a body with several errors, each of which is reported,',
      { name: '', tags: [1], retry: { maxAttempts: 0, backoff: 1 }, timeoutSeconds: 1.5 },
      ['/name', '/retry/backoff', '/retry/maxAttempts', '/tags/0', '/timeoutSeconds'],
    ],
  ];

  test.each(faults)('%s is refused', async (_, fault, pointers) => {
    const response = await submit({ service: 'untouched', ...fault });
    expectProblem(response, 'invalid-request');
    expect(pointersOf(response.body)).toEqual(pointers);
  });

  // As every number that the body does not keep: at its literal, wherever it is.
  test.each(['1e999', '-1e999'])(
    'the number %s, which would be stored as null, is refused',
    async (number) => {
      const metadata = await submit(`{"service":"untouched","metadata":{"n":${number}}}`);
      expectProblem(metadata, 'invalid-request');
      expect(pointersOf(metadata.body)).toEqual(['/metadata/n']);
      const parameters = await submit(`{"service":"untouched","parameters":[${number}]}`);
      expectProblem(parameters, 'invalid-request');
      expect(pointersOf(parameters.body)).toEqual(['/parameters/0']);
    },
  );

  test("parameters that violate the service's schema are refused, with a pointer to every error", async () => {
    const parameters = { delimiter: ';;', columns: [], colour: 'red' };
    const response = await submit({ service: 'csv-profile@1.0.0', parameters }, paused);
    expectProblem(response, 'invalid-parameters');
    const expected = [
      '/parameters/colour',
      '/parameters/columns',
      '/parameters/csv',
      '/parameters/delimiter',
    ];
    expect([...new Set(pointersOf(response.body))]).toEqual(expected);
    for (const { detail, keyword } of response.body.errors) expect(`${keyword} ${detail}`).toMatch(/\S \S/);
  });

  test('inputs without a slot or a data object are refused, with a pointer to each', async () => {
    const inputs = { table: [jobIdAt(1)], others: [] };
    const response = await submit({ service: 'echo', inputs }, paused);
    expectProblem(response, 'invalid-inputs');
    expect(pointersOf(response.body)).toEqual(['/inputs/table', '/inputs/table/0']);
  });

  test('metadata that its service cannot index are refused, with a pointer to every error', async () => {
    await register('indexing', '1.0.0', { parameters: {}, dispatcher, indexedMetadata: ['run', 'site'] });
    const response = await submit({ service: 'indexing', metadata: { run: null, site: 'x'.repeat(257) } });
    expectProblem(response, 'invalid-metadata');
    expect(pointersOf(response.body)).toEqual(['/metadata/run', '/metadata/site']);
  });

  test('a text that violates an asserted format is refused, and no other', async () => {
    const texts = ['date-time', 'uri', 'ipv4', 'url'].map((format) => [format, { format }]);
    await register('formats', '1.0.0', { parameters: { properties: Object.fromEntries(texts) }, dispatcher });
    const parameters = {
      'date-time': '2026-11-29\n19:00:00Z',
      uri: 'http://host:abc',
      ipv4: '087.10.0.1',
      url: 'no address',
    };
    const response = await submit({ service: 'formats', parameters });
    expectProblem(response, 'invalid-parameters');
    const broken = ['/parameters/date-time', '/parameters/ipv4', '/parameters/uri'];
    expect(pointersOf(response.body).toSorted()).toEqual(broken);
  });

  test('the list of jobs and the unused version show that', async () => {
    expect((await errand.call('/v1/jobs?service=untouched')).body.items).toEqual([]);
    const failed = await errand.call('/v1/jobs?service=csv-profile');
    expect(failed.body.items).toHaveLength(1);
    const removed = await errand.call('/v1/services/untouched/versions/1.0.0', { method: 'DELETE' });
    expect(removed.status).toBe(204);
  });
});

describe('parameters', () => {
  test('get the defaults of the schema, and the request stays as it was sent', async () => {
    const parameters = { csv: 'a,b\n1,2\n' };
    const { body } = await submit({ service: 'csv-profile@1.0.0', parameters }, paused);
    expect(body).toMatchObject({ status: 'succeeded', parameters: { ...parameters, delimiter: ',' } });
    const request = await errand.call(`/v1/jobs/${body.id}/request`);
    expect(expectDocumented(request, 'getRequest').body).toEqual(parameters);
  });

  test('of a table with a row of one empty quoted field are malformed', async () => {
    const parameters = { csv: 'a,b\n""\n1,2\n' };
    const { body } = await submit({ service: 'csv-profile@1.0.0', parameters }, paused);
    expect(body).toMatchObject({ status: 'failed', error: { code: 'service-failed' } });
    expect(body.error.detail).toContain('malformed at line 2: the row has 1 field, the header has 2');
  });

  test.each([
    ['5 KB', 5_000],
    ['40 KB', 40_000],
    ['120 KB', 120_000],
  ])('of %s are returned complete, as parameters and as result', async (_, size) => {
    const parameters = { text: 'é'.repeat(size / 2), last: true };
    const { body } = await submit({ service: 'echo', parameters }, paused);
    expect(body.status).toBe('succeeded');
    expect('parameters' in body).toBe(size < 32_768);
    expect('result' in body).toBe(size < 32_768);
    for (const link of [body.links.result, body.links.request]) {
      const response = await errand.call(link.slice(errand.url.length));
      expect(response.body).toEqual(parameters);
    }
  });

  test('of a body of exactly 1 MB are accepted', async () => {
    const around = Buffer.byteLength(
      JSON.stringify({ service: 'csv-profile@1.0.0', parameters: { csv: '' } }),
    );
    const rows = (1_048_576 - around - 3) / 3;
    const csv = `a${'\n1'.repeat(Math.floor(rows))}`;
    const text = JSON.stringify({ service: 'csv-profile@1.0.0', parameters: { csv } });
    const { status, body } = await submit(text.padEnd(1_048_576), paused);
    expect(status).toBe(200);
    const result = await errand.call(`/v1/jobs/${body.id}/result`);
    expect(result.body).toMatchObject({ rows: Math.floor(rows), columns: [{ name: 'a', type: 'integer' }] });
  });

  test.each<[unknown]>([['text'], [5], [true], [[1, [2]]], [{ '': 0, ключ: '\u0000"\\', '🙂': ['\ud800'] }]])(
    'of any kind of JSON are returned unchanged: %j',
    async (parameters) => {
      const { body } = await submit({ service: 'many@2.0.0', parameters }, paused);
      expect(body).toMatchObject({ status: 'succeeded', parameters, result: parameters });
    },
  );

  test('keep a member that is named like a member of every object', async () => {
    const { body } = await submit(
      '{"service":"echo","parameters":{"__proto__":{"a":1},"constructor":2}}',
      paused,
    );
    expect(Object.entries(body.result)).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
    ]);
  });

  test('may be nested 64 deep with the body around them', async () => {
    const nested = `${'['.repeat(63)}${']'.repeat(63)}`;
    const { body } = await submit(`{"service":"many@2.0.0","parameters":${nested}}`, paused);
    expect(JSON.stringify(body.result)).toBe(nested);
  });
});

describe('the trace', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test('of the caller is used', async () => {
    expect((await submit({ service: 'echo' }, { traceparent })).body.traceparent).toBe(traceparent);
  });

  test.each(['nonsense', `ff${traceparent.slice(2)}`, traceparent.replace(/[1-9a-f](?=.*-b7)/g, '0')])(
    'of the job itself replaces %s',
    async (header) => {
      const { body } = await submit({ service: 'echo' }, { traceparent: header });
      expect(body.traceparent).toBe(
        `00-${body.id.replaceAll('-', '')}-${body.id.replaceAll('-', '').slice(16)}-01`,
      );
    },
  );
});

test('a job is created without a start when that is requested', async () => {
  const response = await submit({ service: 'echo', start: false }, paused);
  expect(response).toMatchObject({ status: 201, body: { status: 'ready' } });
});

test('a parent that has ended, and jobs that do not exist, are refused', async () => {
  const { body } = await submit({ service: 'echo' }, paused);
  expectProblem(await submit({ service: 'echo', parentId: body.id }), 'parent-ended');
  const unknown = await submit({ service: 'echo', dependsOn: [body.id, jobIdAt(1)] });
  expectProblem(unknown, 'unknown-job');
  expect(unknown.body.errors).toMatchObject([{ pointer: '/dependsOn/1' }]);
});

test('an idempotency key that was used with another body is refused', async () => {
  const headers = { 'idempotency-key': 'one' };
  expect((await submit({ service: 'echo' }, headers)).status).toBe(202);
  expectProblem(await submit({ service: 'many@1.0.0' }, headers), 'idempotency-key-reused');
});

test('a submission that is only validated gets 204 without a body', async () => {
  const response = await errand.call('/v1/jobs?validateOnly=true', { body: { service: 'echo' } });
  expect(expectDocumented(response, 'submitJob')).toMatchObject({ status: 204, body: '' });
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['submitJob'])).toEqual([]);
});

function pointersOf({
  errors,
}: {
  readonly errors: ReadonlyArray<{ readonly pointer: string }>;
}): readonly string[] {
  return errors.map(({ pointer }) => pointer).sort();
}
