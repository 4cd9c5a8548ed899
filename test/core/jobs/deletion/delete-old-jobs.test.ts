import { describe, expect, test } from 'vitest';
import { deleteOldJobs } from '../../../../core/jobs/deletion/delete-old-jobs.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { memoryRetentionStore } from '../../../support/memory/memory-retention-store.ts';

const day = 86_400_000;

/** A service on which these jobs were created, `days` before the test. */
async function world(jobs: readonly Job[], tenants?: readonly string[]) {
  const deps = { ...testDeps(), retention: memoryRetentionStore(tenants) };
  await deps.clock.sleep(100 * day);
  for (const job of jobs) await deps.jobs.insert(job);
  let listed = 0;
  const list: typeof deps.jobs.list = async (query) => {
    const page = await deps.jobs.list(query);
    listed += page.jobs.length;
    return page;
  };
  const pass = (milliseconds = 60_000) =>
    deleteOldJobs(
      { ...deps, jobs: { ...deps.jobs, list } },
      { budgetEndsAt: deps.clock.now() + milliseconds },
    );
  const isThere = async ({ tenant, id: jobId }: Job) =>
    (await deps.jobs.get({ tenant, jobId })) !== undefined;
  return { deps, pass, isThere, listed: () => listed };
}

/** A job that was created this number of days before the test and ended immediately, unless specified otherwise. */
function old(days: number, given: Partial<Job> = {}, salt = 0n): Job {
  const requestedAt = someTime + (100 - days) * day;
  return endedJob('succeeded', { id: jobIdAt(requestedAt, salt), requestedAt, ...given });
}

describe('a retention of 30 days', () => {
  test('deletes the jobs that ended earlier, as their callers could, and no other job', async () => {
    const [expired, stays] = [old(31), old(29)];
    const { deps, pass, isThere } = await world([expired, stays]);
    expect(await pass()).toBe(1);
    expect([await isThere(expired), await isThere(stays)]).toEqual([false, true]);
    const key = { tenant: 'local', jobId: expired.id };
    expect(await deps.jobs.tombstone(key)).toMatchObject({ by: 'retention', deletedAt: deps.clock.now() });
  });

  test('keeps jobs that have not ended, and jobs that ended later than they were created', async () => {
    const running = executingJob({ id: jobIdAt(someTime, 1n) });
    const late: Job = { ...old(40, {}, 2n), finishedAt: someTime + 99 * day };
    const { pass, isThere } = await world([running, late]);
    expect(await pass()).toBe(0);
    expect([await isThere(running), await isThere(late)]).toEqual([true, true]);
  });

  test('keeps a job without a write until the job that depends on it is deleted', async () => {
    const needed = old(40, { hasDependents: true }, 1n);
    const waiting: Job = {
      ...executingJob({ id: jobIdAt(someTime + 61 * day, 2n) }),
      status: 'waiting',
      dependsOn: [needed.id],
    };
    const { deps, pass, isThere } = await world([needed, waiting]);
    await deps.links.add({
      tenant: 'local',
      kind: 'dependent',
      anchorId: needed.id,
      jobId: waiting.id,
      madeAt: someTime,
    });
    expect(await pass()).toBe(0);
    expect(await deps.jobs.get({ tenant: 'local', jobId: needed.id })).toMatchObject({ version: 2 });
    expect(await isThere(needed)).toBe(true);
    await deps.jobs.replaceWithTombstone(
      { deletedAt: deps.clock.now(), by: 'me', job: waiting },
      waiting.version,
    );
    await deps.clock.sleep(day);
    expect(await pass()).toBe(1);
    expect(await isThere(needed)).toBe(false);
  });

  test('deletes sub-jobs before their parent, and keeps a parent whose sub-job is kept', async () => {
    const parents = [old(40, { hasChildren: true }, 1n), old(39, { hasChildren: true }, 1n)];
    const [first, second] = parents;
    if (first === undefined || second === undefined) throw new Error('two parents');
    const child = old(40, { parentId: first.id }, 2n);
    const recent = old(2, { parentId: second.id }, 2n);
    const { deps, pass, isThere } = await world([...parents, child, recent]);
    for (const { id: jobId, parentId: of = '' } of [child, recent])
      await deps.links.add({ tenant: 'local', kind: 'child', anchorId: of, jobId, madeAt: someTime });
    expect(await pass()).toBe(2);
    expect([await isThere(first), await isThere(child)]).toEqual([false, false]);
    expect([await isThere(second), await isThere(recent)]).toEqual([true, true]);
  });

  test('covers all tenants once a day, and reads no deleted range again', async () => {
    const jobs = ['one', 'two', 'three'].flatMap((tenant) =>
      Array.from({ length: 70 }, (_, index) => old(40 + index / 100, { tenant }, BigInt(index))),
    );
    const { deps, pass, listed } = await world(jobs, ['one', 'two', 'three', 'empty']);
    expect([await pass(), listed()]).toEqual([210, 210]);
    expect([await pass(), listed()]).toEqual([0, 210]);
    const next = old(29, { tenant: 'two' });
    await deps.jobs.insert(next);
    await deps.clock.sleep(day - 1);
    expect([await pass(), listed()]).toEqual([0, 210]);
    await deps.clock.sleep(1 + day);
    expect([await pass(), listed()]).toEqual([1, 211]);
  });

  test('reads the jobs that it had to keep once a day, and not each minute', async () => {
    const kept = Array.from({ length: 5 }, (_, index) =>
      executingJob({ id: jobIdAt(someTime + index * day) }),
    );
    const { deps, pass, listed } = await world(kept);
    for (let minute = 0; minute < 60; minute += 1) {
      await pass();
      await deps.clock.sleep(60_000);
    }
    expect(listed()).toBe(5);
    await deps.clock.sleep(day);
    await pass();
    expect(listed()).toBe(10);
  });

  test('continues in the next pass when its time was over', async () => {
    const jobs = Array.from({ length: 120 }, (_, index) => old(50, {}, BigInt(index)));
    const { deps, pass } = await world(jobs);
    const { removeAll } = deps.objects;
    deps.objects.removeAll = async (prefix) => {
      await deps.clock.sleep(10);
      return removeAll(prefix);
    };
    const deleted = [await pass(300), await pass(300), await pass(300)];
    expect(deleted).toEqual([50, 50, 20]);
  });

  test('continues after a job that cannot be deleted and a tenant that cannot be read', async () => {
    const [broken, fine] = [old(40, { tenant: 'two' }, 1n), old(40, { tenant: 'two' }, 2n)];
    const { deps, isThere } = await world([old(40, { tenant: 'one' }), broken, fine], ['one', 'two']);
    const jobs: typeof deps.jobs = {
      ...deps.jobs,
      list: async (query) => {
        if (query.tenant === 'one') throw new Error('unreadable');
        return deps.jobs.list(query);
      },
      replace: async (job, version) => {
        if (job.id === broken.id) throw new Error('throttled');
        return deps.jobs.replace(job, version);
      },
    };
    const budgetEndsAt = deps.clock.now() + 60_000;
    expect(await deleteOldJobs({ ...deps, jobs }, { budgetEndsAt })).toBe(1);
    expect([await isThere(broken), await isThere(fine)]).toEqual([true, false]);
    expect(deps.lines).toEqual(['tenant-retention-failed', 'retention-failed']);
    await deps.clock.sleep(day);
    expect(await deleteOldJobs(deps, { budgetEndsAt: deps.clock.now() + 60_000 })).toBe(2);
  });

  test('deletes each job once when two passes run at a time', async () => {
    const jobs = Array.from({ length: 60 }, (_, index) => old(50, {}, BigInt(index)));
    const { deps, pass, isThere } = await world(jobs);
    await Promise.all([pass(), pass()]);
    for (const job of jobs) expect(await isThere(job)).toBe(false);
    expect(deps.lines).toEqual([]);
  });
});

test('a retention period of 0 days deletes nothing', async () => {
  const expired = old(60);
  const { deps, isThere } = await world([expired]);
  const keeping = { ...deps, settings: testSettings({ retentionDays: 0 }) };
  expect(await deleteOldJobs(keeping, { budgetEndsAt: deps.clock.now() + day })).toBe(0);
  expect(await isThere(expired)).toBe(true);
  expect(await deps.retention.round()).toBeUndefined();
});
