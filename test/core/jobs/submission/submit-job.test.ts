import { describe, expect, test } from 'vitest';
import { type SubmitJobInput, submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { derivedTraceparent } from '../../../../core/jobs/submission/traceparent.ts';
import { digest } from '../../../../core/std/digest.ts';
import { timeInId } from '../../../../core/std/id-time.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

type Change = Partial<Omit<SubmitJobInput, 'submission'>> & { readonly submission?: object };

async function world(definition: Parameters<typeof aService>[0] = {}) {
  const deps = testDeps();
  await deps.services.insert(aService(definition));
  const submit = ({ submission = {}, ...change }: Change = {}) =>
    submitJob(deps, {
      tenant: 'local',
      owner: 'key-1',
      submission: { service: 'echo', ...submission },
      ...change,
    });
  const stored = (jobId: string) => deps.jobs.get({ tenant: 'local', jobId });
  return { deps, submit, stored };
}

describe('submitJob', () => {
  test('stores the job that it returns, ready to be claimed', async () => {
    const { submit, stored } = await world();
    const { job, service } = await submit();
    checkJob(job);
    expect(await stored(job.id)).toEqual(job);
    expect(service).toMatchObject({ name: 'echo', version: '1.0.0', used: true });
    expect(job).toMatchObject({
      tenant: 'local',
      owner: 'key-1',
      name: 'echo',
      status: 'pending',
      service: { name: 'echo', version: '1.0.0' },
      requestedAt: someTime,
      nextCheckAt: someTime + reconcileAfterMs,
      traceparent: derivedTraceparent(job.id),
    });
  });

  test('refuses bare parameters that exceed the limit of the state machine', async () => {
    const dispatcher = {
      kind: 'lambda',
      functionName: 'errand-service-echo',
      payload: 'parameters',
    } as const;
    const { submit, deps } = await world({ dispatcher });
    const text = (bytes: number) => ({ parameters: { text: 'x'.repeat(bytes - '{"text":""}'.length) } });
    await expect(submit({ submission: text(204_801) })).rejects.toMatchObject({
      slug: 'invalid-parameters',
      extension: { errors: [{ pointer: '/parameters', keyword: 'maxLength' }] },
    });
    expect(deps.executions.starts).toEqual([]);
    await expect(submit({ submission: text(204_800) })).resolves.toMatchObject({
      job: { status: 'pending' },
    });
  });

  test('starts the first attempt immediately', async () => {
    const { deps, submit } = await world();
    const { job } = await submit();
    expect(deps.executions.starts).toEqual([
      { router: 'express', tenant: 'local', jobId: job.id, attempt: 1, start: 1, delaySeconds: 0 },
    ]);
  });

  test('uses the Standard state machine for a long attempt', async () => {
    const { deps, submit } = await world();
    await submit({ submission: { attemptTimeoutSeconds: 241 } });
    expect(deps.executions.starts[0]?.router).toBe('standard');
  });

  test('accepts the job when the start fails, and logs the error', async () => {
    const { deps, submit, stored } = await world();
    deps.executions.refuse(new Error('throttled'));
    const { job } = await submit();
    expect(await stored(job.id)).toEqual(job);
    expect(deps.lines).toContain('start-failed');
  });

  test('starts nothing when the record could not be written', async () => {
    const { deps } = await world();
    const jobs = { ...deps.jobs, insert: async () => Promise.reject(new Error('away')) };
    const input = { tenant: 'local', owner: 'o', submission: { service: 'echo' } };
    await expect(submitJob({ ...deps, jobs }, input)).rejects.toThrow('away');
    expect(deps.executions.starts).toEqual([]);
  });

  test('marks the version as used before its first job exists', async () => {
    const { deps } = await world();
    const used: (boolean | undefined)[] = [];
    const insert: typeof deps.jobs.insert = async (job) => {
      used.push((await deps.services.get({ tenant: 'local', name: 'echo', version: '1.0.0' }))?.used);
      return deps.jobs.insert(job);
    };
    const input = { tenant: 'local', owner: 'o', submission: { service: 'echo' } };
    await submitJob({ ...deps, jobs: { ...deps.jobs, insert } }, input);
    expect(used).toEqual([true]);
  });

  test('stores the request beside the parameters only when defaults were filled in', async () => {
    const parameters = { type: 'object', properties: { size: { default: 5 } } };
    const { submit } = await world({ parameters });
    const filled = (await submit()).job;
    expect([filled.parameters, filled.request]).toEqual([
      { kind: 'inline', json: '{"size":5}' },
      { kind: 'inline', json: '{}' },
    ]);
    expect((await submit({ submission: { parameters: { size: 1 } } })).job).not.toHaveProperty('request');
  });

  test('stores large parameters in the object store before the record references them', async () => {
    const { deps, submit } = await world();
    const { job } = await submit({ submission: { parameters: { text: 'x'.repeat(5000) } } });
    const json = JSON.stringify({ text: 'x'.repeat(5000) });
    const key = `tenants/local/jobs/${job.id}/parameters-${digest(json)}.json`;
    expect(job.parameters).toEqual({ kind: 'object', key, sizeBytes: json.length });
    expect(deps.objects.textOf(key)).toBe(json);
  });

  test('stores the overrides of the caller', async () => {
    const { submit } = await world({ retry: { maxAttempts: 9 }, timeoutSeconds: 50 });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const overrides = {
      name: 'mine',
      tags: ['t'],
      group: 'night #7',
      metadata: { a: 1 },
      retry: { backoffSeconds: 0 },
    };
    const { job } = await submit({ submission: overrides, traceparent });
    expect(job).toMatchObject({
      name: 'mine',
      tags: ['t'],
      group: 'night #7',
      metadata: { a: 1 },
      policy: { maxAttempts: 9, backoffSeconds: 0, backoffRate: 2 },
      traceparent,
    });
  });

  test.each([
    [{ queueTimeoutSeconds: 5 }, 5000],
    [{ timeoutSeconds: 7 }, 7000],
    [{ queueTimeoutSeconds: 600 }, reconcileAfterMs],
  ])('schedules the first check no later than its limits %j require', async (limits, after) => {
    const { submit } = await world();
    expect((await submit({ submission: limits })).job.nextCheckAt).toBe(someTime + after);
  });

  test.each([
    ['invalid-request', { metadata: { text: 'x'.repeat(4096) } }],
    ['invalid-request', { metadata: { text: 'é'.repeat(2045) } }],
    // It would be stored as null.
    ['invalid-request', { metadata: { list: [JSON.parse('1e999')] } }],
    ['invalid-parameters', { parameters: { size: 'large' } }],
    ['service-not-found', { service: 'ecko' }],
    ['service-not-found', { service: 'echo@^2' }],
    ['invalid-request', { service: 'Echo!' }],
  ])('refuses a request with %s and stores nothing', async (slug, submission) => {
    const { deps, submit } = await world({ parameters: { properties: { size: { type: 'number' } } } });
    await expect(submit({ submission })).rejects.toThrow(expect.objectContaining({ slug }));
    expect((await deps.jobs.list({ tenant: 'local', limit: 1 })).jobs).toEqual([]);
    expect([deps.objects.keys(), deps.executions.starts]).toEqual([[], []]);
  });

  test('accepts null as a value of the parameters, and treats an empty object as no metadata', async () => {
    const anything = await world({ parameters: { type: ['null', 'object'] } });
    expect((await anything.submit({ submission: { parameters: null } })).job.parameters).toEqual({
      kind: 'inline',
      json: 'null',
    });
    const object = await world({ parameters: { type: 'object' } });
    expect((await object.submit()).job.parameters).toEqual({ kind: 'inline', json: '{}' });
    const refused = expect.objectContaining({ slug: 'invalid-parameters' });
    await expect(object.submit({ submission: { parameters: null } })).rejects.toThrow(refused);
  });

  test('accepts metadata of exactly 4,096 bytes', async () => {
    const { submit } = await world();
    const metadata = { text: 'x'.repeat(4096 - '{"text":""}'.length) };
    expect((await submit({ submission: { metadata } })).job.metadata).toEqual(metadata);
  });

  test('indexes the members of the metadata that the service declares, each once', async () => {
    const { submit } = await world({ indexedMetadata: ['run', 'site', 'run'] });
    const metadata = { run: 7, note: ['any'] };
    expect((await submit({ submission: { metadata } })).job).toMatchObject({
      metadata,
      indexedMetadata: ['run', 'site'],
    });
    expect((await submit()).job.indexedMetadata).toEqual(['run', 'site']);
    const none = await world({ indexedMetadata: [] });
    expect((await none.submit({ submission: { metadata } })).job).not.toHaveProperty('indexedMetadata');
  });

  test('refuses indexed members of other types, with their pointers', async () => {
    const { deps, submit } = await world({ indexedMetadata: ['run', 'site', 'toString'] });
    const submission = { metadata: { run: [7], site: 'é'.repeat(129), note: null } };
    await expect(submit({ submission })).rejects.toMatchObject({
      slug: 'invalid-metadata',
      extension: {
        errors: [
          {
            pointer: '/metadata/run',
            keyword: 'type',
            detail: expect.stringContaining('a string or a number'),
          },
          {
            pointer: '/metadata/site',
            keyword: 'maxLength',
            detail: expect.stringContaining('256 bytes in UTF-8, not 258'),
          },
        ],
      },
    });
    for (const run of [null, true, {}])
      await expect(submit({ submission: { metadata: { run } } })).rejects.toMatchObject({
        slug: 'invalid-metadata',
      });
    expect((await deps.jobs.list({ tenant: 'local', limit: 1 })).jobs).toEqual([]);
    const longest = { run: -0.5, site: 'é'.repeat(128) };
    expect((await submit({ submission: { metadata: longest } })).job.metadata).toEqual(longest);
  });

  test('checks the metadata again when the definition changed since the first check', async () => {
    const { deps, submit } = await world();
    const { get } = deps.services;
    let changes = 1;
    deps.services.get = async (key) => {
      const service = await get(key);
      if (changes > 0 && service !== undefined) {
        changes -= 1;
        const definition = { ...service.definition, indexedMetadata: ['run'] };
        const outcome = await deps.services.replace(
          { ...service, definition, revision: service.revision + 1 },
          service.revision,
        );
        expect(outcome).toBe('replaced');
      }
      return service;
    };
    await expect(
      submit({ submission: { service: 'echo@1.0.0', metadata: { run: null } } }),
    ).rejects.toMatchObject({ slug: 'invalid-metadata' });
    expect((await deps.jobs.list({ tenant: 'local', limit: 1 })).jobs).toEqual([]);
  });

  test('does not find the services of another tenant', async () => {
    const { submit } = await world();
    await expect(submit({ tenant: 'other' })).rejects.toThrow(
      expect.objectContaining({ slug: 'service-not-found' }),
    );
  });
});

describe('timeInId', () => {
  test('reads the milliseconds of a UUIDv7', () => {
    expect(timeInId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(Date.UTC(2022, 1, 22, 19, 22, 22));
  });
});
