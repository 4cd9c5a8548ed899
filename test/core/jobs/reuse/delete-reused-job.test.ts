import { expect, test } from 'vitest';
import { deleteOldJob } from '../../../../core/jobs/deletion/delete-old-job.ts';
import { getResult } from '../../../../core/jobs/queries/get-result.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { creationWindowMs } from '../../../../core/jobs/relations/may-still-be-created.ts';
import { reuseWorld } from './reuse-world.ts';

test('a job whose result others reuse cannot be deleted: the refusal lists them all', async () => {
  const world = await reuseWorld();
  const { job: earlier } = await world.run(await world.submit(), 'x'.repeat(5000), ['a']);
  const reuses = [await world.reusing(), await world.reusing()];
  const refusal = { slug: 'job-has-dependents', extension: { jobIds: reuses.map(({ id }) => id) } };
  for (const scope of [{}, { withOutputs: true }, { dryRun: true }])
    await expect(world.remove(earlier, scope)).rejects.toMatchObject(refusal);
  await expect(world.remove(earlier)).rejects.toThrow('reuse the result of a job that would be deleted');
  expect((await world.stored(earlier))?.cascade).toBeUndefined();
});

test('a job can be deleted after all jobs that reuse its result, and they without it', async () => {
  const world = await reuseWorld();
  const { job: earlier } = await world.run(await world.submit(), 'x'.repeat(5000), ['a']);
  const [first, second] = [await world.reusing(), await world.reusing()];
  expect(await world.remove(first)).toEqual({ kind: 'deleted' });
  expect(await getResult(world.deps, { tenant: 'local', jobId: second.id })).toMatchObject({ kind: 'value' });
  expect(await world.remove(second, { withOutputs: true })).toEqual({ kind: 'deleted' });
  expect((await world.deps.data.list({ tenant: 'local', limit: 10 })).data).toHaveLength(1);
  expect(await world.remove(earlier, { withOutputs: true })).toEqual({ kind: 'deleted' });
});

test('retention keeps a job as long as others reuse its result', async () => {
  const world = await reuseWorld();
  const { job: earlier } = await world.run(await world.submit());
  const reusing = await world.reusing();
  const now = world.deps.clock.now() + 1;
  const limits = { endedBefore: now, budgetEndsAt: now + 1000 };
  expect(await deleteOldJob(world.deps, earlier, limits)).toBe('kept');
  expect(await deleteOldJob(world.deps, reusing, limits)).toBe('deleted');
  expect(await deleteOldJob(world.deps, earlier, limits)).toBe('deleted');
});

test('a tree with a job and the jobs that reuse its result is deleted at once', async () => {
  const world = await reuseWorld();
  const parent = await world.submit({ service: 'echo' });
  const { job: earlier } = await world.run(await world.submit({ parentId: parent.id }));
  const inner = await world.reusing({ parentId: parent.id });
  expect(inner.reusedFrom).toBe(earlier.id);
  const { job: ended } = await world.run((await world.stored(parent)) ?? parent);
  expect(await world.remove(ended, { withChildren: true, dryRun: true })).toMatchObject({
    plan: { jobIds: [parent.id, earlier.id, inner.id], complete: true },
  });
  expect(await world.remove(ended, { withChildren: true })).toEqual({ kind: 'deleted' });
});

test('a reuse outside of a tree blocks its deletion, and is the only one that is listed', async () => {
  const world = await reuseWorld();
  const parent = await world.submit({ service: 'echo' });
  await world.run(await world.submit({ parentId: parent.id }));
  await world.reusing({ parentId: parent.id });
  const outside = await world.reusing();
  const { job: ended } = await world.run((await world.stored(parent)) ?? parent);
  await expect(world.remove(ended, { withChildren: true })).rejects.toMatchObject({
    slug: 'job-has-dependents',
    extension: { jobIds: [outside.id] },
  });
});

test('a sub-job that is reused after the acceptance of its deletion stays until the reuse is deleted', async () => {
  const world = await reuseWorld();
  const parent = await world.submit({ service: 'echo' });
  const { job: earlier } = await world.run(await world.submit({ parentId: parent.id }));
  const { job: ended } = await world.run((await world.stored(parent)) ?? parent);
  const reusing = await world.reusing();
  // As if the plan had been made before the reuse.
  const cascade = { kind: 'delete', by: 'x', requestedAt: 0, withChildren: true, accepted: true } as const;
  const marked = { ...ended, cascade, nextCheckAt: 1, version: ended.version + 1 };
  await world.deps.jobs.replace(marked, ended.version, ended);
  const pass = async () => {
    await world.deps.clock.sleep(60_000);
    await reconcile(world.deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
  };
  await pass();
  expect(await world.stored(earlier)).toMatchObject({ cascade: { accepted: true } });
  expect((await world.reusing()).reusedFrom).toBeUndefined();
  await world.remove(reusing);
  await pass();
  expect(await world.stored(earlier)).toBeUndefined();
  expect(await world.stored(ended)).toBeUndefined();
});

test('a process that died between the link and the reuse blocks a deletion until the job cannot be created any more', async () => {
  const world = await reuseWorld();
  const { job: earlier } = await world.run(await world.submit());
  const insert = async () => {
    throw new Error('The process died');
  };
  const ports = { ...world.deps, jobs: { ...world.deps.jobs, insert } };
  await expect(world.reusing({}, {}, ports)).rejects.toThrow('died');
  await expect(world.remove(earlier)).rejects.toMatchObject({ slug: 'job-has-dependents' });
  await world.deps.clock.sleep(creationWindowMs);
  expect(await world.remove(earlier)).toEqual({ kind: 'deleted' });
});

test('the link of a job that ran after all does not block a deletion', async () => {
  const world = await reuseWorld();
  const { job: earlier } = await world.run(await world.submit());
  const other = await world.submit();
  await world.deps.links.add({
    ...{ tenant: 'local', kind: 'reuse', anchorId: earlier.id, jobId: other.id },
    madeAt: world.deps.clock.now(),
  });
  expect(await world.remove(earlier)).toEqual({ kind: 'deleted' });
});
