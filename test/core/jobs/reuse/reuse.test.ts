import { describe, expect, test } from 'vitest';
import { jobEvents } from '../../../../core/events/job-events.ts';
import { shownOutputs } from '../../../../core/jobs/outputs/list-outputs.ts';
import { getResult } from '../../../../core/jobs/queries/get-result.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { reuseWorld } from './reuse-world.ts';

const fast = { unit: 'mile', speed: { min: 1, max: 2 } };
const fastInOtherOrder = { speed: { max: 2, min: 1 }, unit: 'mile' };

describe('a submission with `reuse`', () => {
  test('gets the result of an earlier job with the same content, without an attempt', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit({ parameters: fast }), { length: 7 });
    const { starts } = world.deps.executions;
    const started = starts.length;
    await world.deps.clock.sleep(10_000);
    const job = await world.reusing({ parameters: fastInOtherOrder, name: 'mine', tags: ['again'] });
    expect(job).toMatchObject({
      status: 'succeeded',
      reusedFrom: earlier.id,
      attempt: 0,
      endedAttempts: [],
      name: 'mine',
      tags: ['again'],
      result: earlier.result,
      finishedAt: world.deps.clock.now(),
    });
    expect(job.transitions.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['pending', 0],
      ['succeeded', 0],
    ]);
    expect(await world.stored(job)).toStrictEqual(job);
    expect(starts.length).toBe(started);
    expect(jobEvents(job, 'https://errand.invalid').map(({ type }) => type)).toEqual([
      'errand.job.pending',
      'errand.job.succeeded',
    ]);
  });

  test('treats a default of the schema like the same value', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit());
    expect(await world.reusing({ parameters: { unit: 'metre' } })).toMatchObject({ reusedFrom: earlier.id });
  });

  test('refers to a large result instead of copying it', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit(), 'x'.repeat(5000));
    const job = await world.reusing();
    expect(job.result).toStrictEqual(earlier.result);
    const { kind } = job.result ?? {};
    expect(kind).toBe('object');
    const key = { tenant: 'local', jobId: job.id };
    expect(await getResult(world.deps, key)).toEqual({
      kind: 'value',
      json: JSON.stringify('x'.repeat(5000)),
    });
  });

  test('shows the outputs of the earlier job as its own', async () => {
    const world = await reuseWorld();
    const { job: earlier, outputs } = await world.run(await world.submit(), 1, ['a', 'b']);
    const job = await world.reusing();
    expect(job).toMatchObject({ reusedFrom: earlier.id, reusedAttempt: 1 });
    expect(job.hasOutputs).toBeUndefined();
    const shown = (await shownOutputs(world.deps, job))?.['plots'];
    expect(shown?.map(({ id, complete }) => [id, complete])).toEqual(outputs.map(({ id }) => [id, true]));
    expect(await shownOutputs(world.deps, earlier)).toEqual({ plots: shown });
  });

  test('compares the contents of the inputs, not their names', async () => {
    const world = await reuseWorld();
    const [first, second] = [await world.upload('1,2'), await world.upload('1,2')];
    expect(first.id).not.toBe(second.id);
    const other = await world.upload('1,3');
    const { job: earlier } = await world.run(
      await world.submit({ inputs: { tables: [first.id, other.id], more: [first.id] } }),
    );
    const same = await world.reusing({ inputs: { more: [second.id], tables: [second.id, other.id] } });
    expect(same).toMatchObject({ reusedFrom: earlier.id });
    const variants = [
      { tables: [first.id, other.id] },
      { tables: [other.id, first.id], more: [first.id] },
      { tables: [first.id], more: [first.id, other.id] },
      { tables: [first.id, other.id], more: [other.id] },
    ];
    for (const inputs of variants)
      expect(await world.reusing({ inputs })).toMatchObject({ status: 'pending' });
  });

  test('uses its own inputs: they cannot be deleted', async () => {
    const world = await reuseWorld();
    const [first, second] = [await world.upload('1,2'), await world.upload('1,2')];
    await world.run(await world.submit({ inputs: { tables: [first.id] } }));
    const job = await world.reusing({ inputs: { tables: [second.id] } });
    await expect(world.removeData(second)).rejects.toMatchObject({
      slug: 'data-in-use',
      extension: { jobIds: [job.id] },
    });
  });

  test.each(['local', 'other'])('finds jobs of the tenant only, not of %s', async (tenant) => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit());
    const job = await world.reusing({}, { tenant });
    expect(job.reusedFrom).toBe(tenant === 'local' ? earlier.id : undefined);
  });

  test('finds the result of a job that was created as a draft', async () => {
    const world = await reuseWorld();
    const draft = await world.submit({ start: false, parameters: fast });
    const { job: started } = await startJob(world.deps, { key: { tenant: 'local', jobId: draft.id } });
    await world.run(started);
    expect(await world.reusing({ parameters: fast })).toMatchObject({ reusedFrom: draft.id });
  });

  test('refers to the job that ran, not to one that reused its result', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit());
    expect((await world.reusing()).reusedFrom).toBe(earlier.id);
    expect((await world.reusing()).reusedFrom).toBe(earlier.id);
  });

  test('may be a sub-job', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit());
    const parent = await world.submit({ service: 'echo' });
    const child = await world.reusing({ parentId: parent.id });
    expect(child).toMatchObject({ status: 'succeeded', reusedFrom: earlier.id, parentId: parent.id });
    expect(await world.stored(parent)).toMatchObject({ hasChildren: true });
  });

  test('with an idempotency key returns the same job again, also after the earlier job has become too old', async () => {
    const world = await reuseWorld();
    await world.run(await world.submit());
    const idempotency = { key: 'k', fingerprint: 'f' };
    const job = await world.reusing({}, { idempotency });
    await world.deps.clock.sleep(4_000_000);
    expect(await world.reusing({}, { idempotency })).toStrictEqual(job);
  });

  test('that runs because there is nothing to reuse is not replaced by a repetition', async () => {
    const world = await reuseWorld();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const job = await world.reusing({}, { idempotency });
    expect(job.status).toBe('pending');
    await world.run(await world.submit());
    expect(await world.reusing({}, { idempotency })).toStrictEqual(job);
  });
});

describe('a submission with `reuse` runs', () => {
  const expectRun = async (world: Awaited<ReturnType<typeof reuseWorld>>, submission = {}) => {
    const before = world.deps.executions.starts.length;
    const job = await world.reusing(submission);
    expect(job).toMatchObject({ status: 'pending', attempt: 0 });
    expect(job.reusedFrom).toBeUndefined();
    expect(world.deps.executions.starts.length).toBe(before + 1);
    return job;
  };

  test('with other parameters, and with another version', async () => {
    const world = await reuseWorld();
    await world.run(await world.submit({ parameters: { unit: '1' } }));
    await expectRun(world, { parameters: { unit: 1 } });
    await expectRun(world, { parameters: {} });
    await expectRun(world, { service: 'measure@1.1.0', parameters: { unit: '1' } });
    const { reusedFrom } = await world.reusing({ parameters: { unit: '1' } });
    expect(reusedFrom).toBeDefined();
  });

  test('if the earlier job is older than the limit, to the millisecond', async () => {
    const world = await reuseWorld();
    await world.run(await world.submit());
    await world.deps.clock.sleep(5000);
    expect((await world.reusing({ reuse: { maxAgeSeconds: 5 } })).reusedFrom).toBeDefined();
    await world.deps.clock.sleep(1);
    await expectRun(world, { reuse: { maxAgeSeconds: 5 } });
  });

  test('if the earlier job has not ended, has failed, or was deleted', async () => {
    const world = await reuseWorld();
    const first = await world.submit();
    await expectRun(world);
    const executing = await world.claim(first);
    await expectRun(world);
    await world.deps.results.offer(
      { tenant: 'local', contentDigest: executing.contentDigest ?? '' },
      { jobId: first.id },
      0,
    );
    await expectRun(world);
    await world.settle(first, 'result');
    expect((await world.reusing({ parameters: {} })).reusedFrom).toBe(first.id);
    const { job: doomed } = await world.run(await world.submit({ parameters: fast }));
    await world.remove(doomed);
    await expectRun(world, { parameters: fast });
  });

  test('if an output of the earlier job was deleted', async () => {
    const world = await reuseWorld();
    const { outputs } = await world.run(await world.submit(), 1, ['a', 'b']);
    expect((await world.reusing()).reusedFrom).toBeDefined();
    for (const output of outputs.slice(0, 1)) await world.removeData(output);
    await expectRun(world);
  });

  test('if the earlier job is marked for deletion between the search and the link', async () => {
    const world = await reuseWorld();
    const { job: earlier } = await world.run(await world.submit());
    const add: typeof world.deps.links.add = async (link, tryId) => {
      const added = await world.deps.links.add(link, tryId);
      if (link.kind === 'reuse') await world.remove(earlier).catch(() => undefined);
      // A deletion that died after its mark: the link keeps it from being accepted.
      const marked = await world.stored(earlier);
      if (marked !== undefined)
        await world.deps.jobs.replace(
          {
            ...marked,
            cascade: { kind: 'delete', by: 'x', requestedAt: 0 },
            nextCheckAt: 1,
            version: marked.version + 1,
          },
          marked.version,
          marked,
        );
      return added;
    };
    const ports = { ...world.deps, links: { ...world.deps.links, add } };
    const job = await world.reusing({}, {}, ports);
    expect(job).toMatchObject({ status: 'pending' });
    expect(job.reusedFrom).toBeUndefined();
    const query = { tenant: 'local', kind: 'reuse', anchorId: earlier.id, limit: 10 } as const;
    expect((await world.deps.links.list(query)).links).toMatchObject([{ jobId: job.id, madeAt: 0 }]);
  });

  test('if the content of an input cannot be compared', async () => {
    const world = await reuseWorld();
    const data = await world.upload('1,2');
    const { checksum: _, ...unknown } = data;
    await world.deps.data.replace({ ...unknown, version: data.version + 1 }, data.version, data);
    const inputs = { tables: [data.id] };
    const { job } = await world.run(await world.submit({ inputs }));
    expect(job.contentDigest).toBeUndefined();
    await expectRun(world, { inputs });
  });
});

describe('`reuse` is refused', () => {
  test.each([
    ['for a service that is not deterministic', { service: 'echo' }, 'requires a deterministic service'],
    ['for a draft', { start: false }, 'cannot be combined with `start: false`'],
    ['for a draft without a service', { service: undefined, start: false }, 'start: false'],
    ['with dependencies', { dependsOn: [jobIdAt(1)] }, 'cannot be combined with `dependsOn`'],
  ])('%s', async (_, submission, detail) => {
    const world = await reuseWorld();
    await expect(world.reusing(submission as object)).rejects.toMatchObject({
      slug: 'invalid-request',
      extension: {
        errors: [{ pointer: '/reuse', keyword: 'reuse', detail: expect.stringContaining(detail) }],
      },
    });
  });
});

test('jobs of a service that is not deterministic offer no result', async () => {
  const world = await reuseWorld();
  const offered: unknown[] = [];
  world.deps.results.offer = async (key) => void offered.push(key);
  const { job } = await world.run(await world.submit({ service: 'echo' }));
  expect(job.contentDigest).toBeUndefined();
  expect(offered).toEqual([]);
  await world.run(await world.submit());
  expect(offered).toHaveLength(1);
});

test('a result is offered before its job is known to have succeeded', async () => {
  const world = await reuseWorld();
  const job = await world.submit();
  await world.claim(job);
  const replace: typeof world.deps.jobs.replace = async () => {
    throw new Error('The process died');
  };
  const ports = { ...world.deps, jobs: { ...world.deps.jobs, replace } };
  await expect(world.settle(job, 1, ports)).rejects.toThrow('died');
  expect((await world.reusing()).reusedFrom).toBeUndefined();
  await world.settle(job, 1);
  expect((await world.reusing()).reusedFrom).toBe(job.id);
});
