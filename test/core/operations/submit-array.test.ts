import { describe, expect, test, vi } from 'vitest';
import { maxElements } from '../../../core/contract/schemas/operations/array-schemas.ts';
import { contentKey } from '../../../core/data/model/data-object.ts';
import { abortOperation } from '../../../core/operations/abort-operation.ts';
import { submitArray } from '../../../core/operations/submit-array.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import { timeInId } from '../../../core/std/id-time.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aService } from '../../support/jobs/test-deps.ts';
import {
  arrayWorld,
  jobsOf,
  refusalsOf,
  startArray,
  storeData,
} from '../../support/operations/array-world.ts';
import {
  type OperationDeps,
  storedOperation,
  tickingDeps,
  workUntilIdle,
} from '../../support/operations/operation-world.ts';

const linesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ parameters: { count: index } })).join('\n');

const keyOf = ({ tenant, id }: { readonly tenant: string; readonly id: string }) => ({
  tenant,
  operationId: id,
});

async function ended(deps: OperationDeps, over: Parameters<typeof startArray>[1]) {
  const operation = await startArray(deps, over);
  await workUntilIdle(deps);
  return storedOperation(deps, operation);
}

const parametersOf = (job: { readonly parameters: { readonly kind: string; readonly json?: string } }) =>
  JSON.parse(job.parameters.json ?? '');

describe('submitArray', () => {
  test('creates a job for each element of the request, and removes the elements at the end', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, [{ parameters: { count: 1 } }, { name: 'second' }, {}], {
      template: {
        service: 'echo',
        name: 'common',
        tags: ['t'],
        group: 'g',
        parameters: { count: 0, other: null },
      },
    });
    expect(operation).toMatchObject({ status: 'running', matched: 0, work: { action: 'submit' } });
    expect(deps.objects.keys()).toHaveLength(1);
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      matched: 3,
      done: 3,
      refused: 0,
      failed: 0,
    });
    const jobs = await jobsOf(deps);
    expect(jobs.map(({ name }) => name)).toEqual(['common', 'second', 'common']);
    expect(jobs.map(parametersOf)).toEqual([
      { count: 1, other: null },
      { count: 0, other: null },
      { count: 0, other: null },
    ]);
    for (const job of jobs) {
      expect(job).toMatchObject({ status: 'pending', owner: 'key-1', tags: ['t'], group: 'g' });
      expect(job.traceparent).toBe(operation.traceparent);
      // So that it needs no entry among the due jobs.
      expect(job.nextCheckAt).toBe(timeInId(job.id) + 60_000);
    }
    expect(deps.executions.starts).toHaveLength(3);
    expect(deps.events.map(({ type }) => type)).toEqual(['errand.operation.succeeded']);
    expect(deps.objects.keys()).toEqual([]);
  });

  test.each([
    ['application/x-ndjson', linesOf(120)],
    ['application/json', `[${linesOf(120).replaceAll('\n', ',')}]`],
  ])(
    'creates a job for each element of a data object of the type %s, and keeps the object',
    async (mediaType, text) => {
      const deps = await arrayWorld();
      const dataId = await storeData(deps, text, { mediaType });
      expect(await ended(deps, { dataId: `urn:errand:data:${dataId}` })).toMatchObject({
        matched: 120,
        done: 120,
      });
      expect((await jobsOf(deps)).map(parametersOf)).toEqual(
        Array.from({ length: 120 }, (_, index) => ({ count: index })),
      );
      expect(deps.contents.keys()).toHaveLength(1);
    },
  );

  test('refuses each invalid element with its number and its problem', async () => {
    const deps = await arrayWorld();
    const lines = [
      '{"parameters":{"count":"one"}}',
      'not JSON',
      '{"tags":["t"]}',
      '[]',
      '{"inputs":{"file":["0"]}}',
      '{"parameters":{"count":9007199254740993}}',
      `{"name":"${'n'.repeat(1_048_576)}"}`,
      '{"name":"\\ud800"}',
      '{}',
    ];
    const dataId = await storeData(deps, lines.join('\n'));
    const operation = await ended(deps, { dataId });
    expect(operation).toMatchObject({ status: 'succeeded', matched: 9, done: 1, refused: 8, failed: 0 });
    const refusals = await refusalsOf(deps, operation);
    expect(refusals.map(({ index, problem }) => [index, problem.slug])).toEqual([
      [0, 'invalid-parameters'],
      [1, 'invalid-json'],
      [2, 'invalid-request'],
      [3, 'invalid-request'],
      [4, 'invalid-request'],
      [5, 'invalid-request'],
      [6, 'body-too-large'],
      [7, 'invalid-request'],
    ]);
    expect(refusals[0]?.problem.detail).toBe('/parameters/count: must be a number, not the string "one"');
    expect(await jobsOf(deps)).toHaveLength(1);
  });

  test('refuses all elements if the service does not exist', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, [{}, {}], { template: { service: 'missing' } });
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      done: 0,
      refused: 2,
    });
    expect((await refusalsOf(deps, operation)).map(({ problem }) => problem.slug)).toEqual([
      'service-not-found',
      'service-not-found',
    ]);
  });

  test('marks the version as used before its first job', async () => {
    const deps = await arrayWorld();
    await deps.services.insert(aService({}, { name: 'fresh' }));
    await startArray(deps, [{}, {}], { template: { service: 'fresh@1.0.0' } });
    await workUntilIdle(deps);
    expect((await deps.services.get({ tenant: 'local', name: 'fresh', version: '1.0.0' }))?.used).toBe(true);
    expect(await jobsOf(deps)).toHaveLength(2);
  });

  test('refuses the remaining elements if their data object is deleted', async () => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, linesOf(170));
    const operation = await startArray(deps, { dataId });
    await workUntilIdle(deps, async (_, key, input) => {
      await runOperation(tickingDeps(deps), key, { budgetEndsAt: input.budgetEndsAt - 19_900 });
      if ((await jobsOf(deps)).length > 0)
        await deps.contents.remove(contentKey({ tenant: 'local', id: dataId }));
    });
    const stored = await storedOperation(deps, operation);
    const { done, refused } = stored;
    expect(stored).toMatchObject({ status: 'succeeded', matched: 170, failed: 0 });
    expect(done).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    expect(await jobsOf(deps)).toHaveLength(done);
    const refusals = await refusalsOf(deps, operation);
    expect(refusals.map(({ index }) => index)).toEqual(
      Array.from({ length: refused }, (_, index) => done + index),
    );
    expect(new Set(refusals.map(({ problem }) => problem.slug))).toEqual(new Set(['data-deleted']));
  });

  test('counts the jobs that an interrupted process created before their data object was deleted', async () => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, linesOf(60));
    const operation = await startArray(deps, { dataId });
    const replace: typeof deps.operations.replace = async (next, version) => {
      if (next.done > 0) throw new Error('killed after the jobs were created');
      return deps.operations.replace(next, version);
    };
    const run = runOperation({ ...deps, operations: { ...deps.operations, replace } }, keyOf(operation), {
      budgetEndsAt: deps.clock.now() + 20_000,
    });
    await expect(run).rejects.toThrow('killed');
    await deps.contents.remove(contentKey({ tenant: 'local', id: dataId }));
    await workUntilIdle(deps);
    const stored = await storedOperation(deps, operation);
    expect(stored).toMatchObject({ status: 'succeeded', done: 50, refused: 10, failed: 0 });
    expect(await jobsOf(deps)).toHaveLength(50);
  });

  test('reads no parameters again for a job that an interrupted process created', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, [{}, {}]);
    const replace: typeof deps.operations.replace = async (next, version) => {
      if (next.done > 0) throw new Error('killed after the jobs were created');
      return deps.operations.replace(next, version);
    };
    const run = runOperation({ ...deps, operations: { ...deps.operations, replace } }, keyOf(operation), {
      budgetEndsAt: deps.clock.now() + 20_000,
    });
    await expect(run).rejects.toThrow('killed');
    const inserted = vi.spyOn(deps.jobs, 'insert');
    await workUntilIdle(deps);
    expect(inserted).not.toHaveBeenCalled();
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'succeeded', done: 2 });
  });

  test.each([
    ['deleted', undefined, 'was deleted before its elements were counted'],
    ['no JSON array', '{"parameters":{}}', 'the content is not a JSON array'],
    ['a JSON array that ends too early', '[{},{}', 'the content ends before the JSON array ends'],
    [
      'a list of too many elements',
      JSON.stringify(Array(maxElements + 1).fill(0)),
      'has more than 100000 elements',
    ],
  ])('aborts the operation before any job if the data object is %s', async (_, text, reason) => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, text ?? 'x', { mediaType: 'application/json' });
    if (text === undefined) await deps.contents.remove(contentKey({ tenant: 'local', id: dataId }));
    const operation = await ended(deps, { dataId });
    expect(operation).toMatchObject({ status: 'aborted', done: 0, refused: 0, failed: 0 });
    expect(operation.abort).toMatchObject({ by: 'errand', reason: expect.stringContaining(reason) });
    expect(await jobsOf(deps)).toEqual([]);
  });

  test('succeeds without a job if the data object has no elements', async () => {
    const deps = await arrayWorld();
    const empty = await storeData(deps, '');
    expect(await ended(deps, { dataId: empty })).toMatchObject({ status: 'succeeded', matched: 0, done: 0 });
    const array = await storeData(deps, ' [ ] ', { id: jobIdAt(5), mediaType: 'application/json' });
    expect(await ended(deps, { dataId: array })).toMatchObject({ status: 'succeeded', matched: 0, done: 0 });
  });

  test('tries again while the elements or the table cannot be read, and fails none', async () => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, linesOf(60));
    const operation = await startArray(deps, { dataId });
    let calls = 0;
    const everyOther = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      calls += 1;
      if (deps.clock.now() < operation.createdAt + 200_000 && calls % 2 === 0)
        throw new Error('ThrottlingException');
      return call();
    };
    const throttled = {
      ...deps,
      contentReader: {
        read: (...input: Parameters<typeof deps.contentReader.read>) =>
          everyOther(() => deps.contentReader.read(...input)),
      },
      jobs: {
        ...deps.jobs,
        insert: (job: Parameters<typeof deps.jobs.insert>[0]) => everyOther(() => deps.jobs.insert(job)),
      },
    };
    await workUntilIdle(deps, (_, key, input) => runOperation(throttled, key, input));
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 60, refused: 0, failed: 0 });
    expect(await jobsOf(deps)).toHaveLength(60);
  });

  test('ends if the elements can never be read', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, [{}, {}]);
    const contentReader = { read: () => Promise.reject(new Error('unreachable')) };
    await workUntilIdle(deps, (_, key, input) => runOperation({ ...deps, contentReader }, key, input));
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'aborted', done: 0 });
    const counted = await startArray(deps, [{}, {}]);
    let reads = 0;
    const once = {
      read: (...input: Parameters<typeof deps.contentReader.read>) => {
        reads += 1;
        return reads === 1 ? deps.contentReader.read(...input) : contentReader.read();
      },
    };
    await workUntilIdle(deps, (_, key, input) => runOperation({ ...deps, contentReader: once }, key, input));
    expect(await storedOperation(deps, counted)).toMatchObject({ status: 'succeeded', done: 0, failed: 2 });
  });

  test('passes its turn to the operations of other tenants', async () => {
    const deps = await arrayWorld();
    await deps.services.insert(aService({}, { tenant: 'other', used: true }));
    const large = await startArray(deps, Array(1000).fill({}));
    const small = await startArray(deps, Array(10).fill({}), { tenant: 'other' });
    await workUntilIdle(deps, (_, key) =>
      runOperation(tickingDeps(deps), key, { budgetEndsAt: deps.clock.now() + 300 }),
    );
    expect(deps.events.map(({ tenant }) => tenant)).toEqual(['other', 'local']);
    expect(await storedOperation(deps, small)).toMatchObject({ done: 10 });
    expect(await storedOperation(deps, large)).toMatchObject({ done: 1000 });
  });

  test('stops at an abort; the jobs that were created stay', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, Array(200).fill({}));
    const insert: typeof deps.jobs.insert = async (job) => {
      await abortOperation(deps, { key: keyOf(operation), by: 'key-2' });
      return deps.jobs.insert(job);
    };
    await workUntilIdle(deps, (_, key, input) =>
      runOperation({ ...deps, jobs: { ...deps.jobs, insert } }, key, input),
    );
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'aborted',
      matched: 200,
      done: 50,
    });
    expect(await jobsOf(deps)).toHaveLength(50);
  });

  test('counts a job that was deleted since an interrupted process created it', async () => {
    const deps = await arrayWorld();
    const operation = await startArray(deps, [{}]);
    const replace: typeof deps.operations.replace = async (next, version) => {
      if (next.done > 0) throw new Error('killed after the job was created');
      return deps.operations.replace(next, version);
    };
    const run = runOperation({ ...deps, operations: { ...deps.operations, replace } }, keyOf(operation), {
      budgetEndsAt: deps.clock.now() + 20_000,
    });
    await expect(run).rejects.toThrow('killed');
    const [job] = await jobsOf(deps);
    if (job === undefined) throw new Error('no job was created');
    const tombstone = { job, deletedAt: deps.clock.now(), by: 'key-2' };
    expect(await deps.jobs.replaceWithTombstone(tombstone, job.version)).toBe('replaced');
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      done: 1,
      refused: 0,
    });
    expect(await jobsOf(deps)).toEqual([]);
  });

  test('creates one operation for an idempotency key, also if the data object was deleted since', async () => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, '{}');
    const idempotency = { key: 'k', fingerprint: 'f' };
    const first = await startArray(deps, { dataId }, { idempotency });
    const object = await deps.data.get({ tenant: 'local', dataId });
    if (object === undefined) throw new Error('the data object is missing');
    await deps.data.replaceWithTombstone({ deletedAt: 1, by: 'key-1', data: object }, object.version);
    const input = { tenant: 'local', owner: 'key-1', template: {}, over: { dataId }, idempotency };
    expect(await submitArray(deps, input)).toEqual({ operation: first, replayed: true });
    await expect(
      submitArray(deps, { ...input, idempotency: { ...idempotency, fingerprint: 'other' } }),
    ).rejects.toMatchObject({ slug: 'idempotency-key-reused' });
  });

  test.each([
    ['does not exist', {}, { dataId: jobIdAt(77) }],
    ['upload is not complete', { status: 'uploading' as const }, undefined],
    ['whose media type is text/csv', { mediaType: 'text/csv' }, undefined],
    ['the maximum is 104857600', { sizeBytes: 104_857_601 }, undefined],
    ['does not exist', { deletion: { by: 'key-1', requestedAt: 1 } }, undefined],
    ['does not exist', { tenant: 'other' }, undefined],
  ])('rejects a data object that cannot be used: %s', async (detail, given, other) => {
    const deps = await arrayWorld();
    const dataId = await storeData(deps, '{}', given);
    await expect(startArray(deps, other ?? { dataId })).rejects.toMatchObject({
      slug: 'invalid-inputs',
      message: expect.stringContaining(detail),
      extension: { errors: [{ pointer: '/over/dataId' }] },
    });
  });

  test('rejects a template that is too large for the record of the operation', async () => {
    const deps = await arrayWorld();
    const template = { service: 'echo', parameters: { text: 'x'.repeat(17_000) } };
    await expect(startArray(deps, [{}], { template })).rejects.toMatchObject({
      slug: 'invalid-request',
      extension: { errors: [{ pointer: '/template' }] },
    });
  });
});
