import { describe, expect, test } from 'vitest';
import { countJobs } from '../../../../core/events/count-jobs.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { getJobStats } from '../../../../core/jobs/queries/get-job-stats.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

const day = 86_400_000;
const today = Math.floor(someTime / day) * day;

/** Stores jobs and counts those that have ended, as the stream would. */
async function storeOf(...jobs: readonly Job[]) {
  const deps = testDeps();
  for (const job of jobs) await deps.jobs.insert(job);
  await countJobs(
    deps,
    jobs.map((after, index) => ({ position: String(index), after })),
  );
  return deps;
}

const other = { name: 'other', version: '1.0.0' };
const at = (milliseconds: number, given: Partial<Job> = {}) => ({ id: jobIdAt(milliseconds), ...given });

describe('getJobStats', () => {
  test('counts ended and open jobs by day and service, the newest day first', async () => {
    const { service: _, ...nameless } = aJob(at(today + 5, { name: '', status: 'draft' }));
    const deps = await storeOf(
      endedJob('succeeded', at(today)),
      endedJob('succeeded', at(today + 1)),
      endedJob('failed', at(today + 2, { service: other })),
      aJob(at(today + 3)),
      endedJob('error', at(today - 1)),
      nameless,
      endedJob('aborted', at(today + 4, { tenant: 'stranger' })),
    );
    expect(await getJobStats(deps, { tenant: 'local' })).toStrictEqual({
      total: 6,
      byStatus: { draft: 1, pending: 1, succeeded: 2, failed: 1, error: 1 },
      items: [
        { day: '2026-11-21', total: 1, byStatus: { draft: 1 } },
        {
          day: '2026-11-21',
          service: 'echo',
          total: 3,
          byStatus: { pending: 1, succeeded: 2 },
          meanDurationSeconds: 0.005,
        },
        { day: '2026-11-21', service: 'other', total: 1, byStatus: { failed: 1 } },
        { day: '2026-11-20', service: 'echo', total: 1, byStatus: { error: 1 } },
      ],
      complete: true,
    });
  });

  test('counts only the requested services and days', async () => {
    const deps = await storeOf(
      endedJob('succeeded', at(today - 1)),
      aJob(at(today - 2)),
      endedJob('succeeded', at(today)),
      aJob(at(today + 1)),
      endedJob('succeeded', at(today + 2, { service: other })),
      endedJob('succeeded', at(today + day)),
      aJob(at(today + day)),
    );
    const input = { tenant: 'local', services: ['echo'], createdAfter: today, createdBefore: today + day };
    expect(await getJobStats(deps, input)).toMatchObject({
      total: 2,
      byStatus: { pending: 1, succeeded: 1 },
    });
    expect((await getJobStats(deps, { tenant: 'nobody' })).items).toEqual([]);
  });

  test('reports when not all open jobs were counted', async () => {
    const jobs = Array.from({ length: 1001 }, (_, index) => aJob(at(today + index)));
    expect(await getJobStats(await storeOf(...jobs), { tenant: 'local' })).toMatchObject({
      total: 1000,
      complete: false,
    });
    expect(await getJobStats(await storeOf(...jobs.slice(1)), { tenant: 'local' })).toMatchObject({
      total: 1000,
      complete: true,
    });
  });

  test('with a group, counts its jobs, also with a tag', async () => {
    const deps = await storeOf(
      endedJob('succeeded', at(today, { group: 'may' })),
      endedJob('failed', at(today + 1, { group: 'may', tags: ['red'] })),
      aJob(at(today + 2, { group: 'june', tags: ['red'] })),
      aJob(at(today + 3)),
    );
    expect(await getJobStats(deps, { tenant: 'local', group: 'may' })).toMatchObject({
      total: 2,
      byStatus: { succeeded: 1, failed: 1 },
      complete: true,
    });
    expect(await getJobStats(deps, { tenant: 'local', group: 'may', tag: 'red' })).toMatchObject({
      total: 1,
      byStatus: { failed: 1 },
    });
  });

  test('with a tag, counts the jobs that have it now, in every state, and no deleted ones', async () => {
    const tagged = (milliseconds: number, given: Partial<Job> = {}) =>
      at(milliseconds, { tags: ['red'], ...given });
    const deps = await storeOf(
      endedJob('succeeded', tagged(today)),
      endedJob('succeeded', tagged(today + 1, { tags: ['blue', 'red'] })),
      endedJob('failed', tagged(today + 2, { service: other })),
      aJob(tagged(today + 3)),
      endedJob('error', tagged(today - 1)),
      endedJob('error', tagged(today - 2, { tags: ['reddish'] })),
      endedJob('succeeded', tagged(today + 4, { tenant: 'stranger' })),
    );
    const gone = endedJob('succeeded', tagged(today + 5));
    await deps.jobs.insert(gone);
    await deps.jobs.replaceWithTombstone(tombstoneOf(gone, { by: 'me', now: today }), gone.version);
    expect(await getJobStats(deps, { tenant: 'local', tag: 'red' })).toStrictEqual({
      total: 5,
      byStatus: { pending: 1, succeeded: 2, failed: 1, error: 1 },
      items: [
        {
          day: '2026-11-21',
          service: 'echo',
          total: 3,
          byStatus: { pending: 1, succeeded: 2 },
          meanDurationSeconds: 0.005,
        },
        { day: '2026-11-21', service: 'other', total: 1, byStatus: { failed: 1 } },
        { day: '2026-11-20', service: 'echo', total: 1, byStatus: { error: 1 } },
      ],
      complete: true,
    });
    const narrowed = { tag: 'red', services: ['echo'], createdAfter: today, createdBefore: today + day };
    expect(await getJobStats(deps, { tenant: 'local', ...narrowed })).toMatchObject({
      total: 3,
      byStatus: { pending: 1, succeeded: 2 },
    });
  });

  test('has the same rows for all jobs as for a tag that all of them have', async () => {
    const course = [
      { status: 'draft' as const, at: today, attempt: 0 },
      { status: 'pending' as const, at: today + 1000, attempt: 0 },
      { status: 'succeeded' as const, at: today + 3000, attempt: 1 },
    ];
    const late = { transitions: course, finishedAt: today + 3000, updatedAt: today + 9000 };
    const deps = await storeOf(
      { ...endedJob('succeeded', at(today, { tags: ['all'] })), ...late },
      endedJob('succeeded', at(today + 1, { tags: ['all'] })),
      endedJob('aborted', at(today - 1, { tags: ['all'], service: other })),
      aJob(at(today + 2, { tags: ['all'], status: 'waiting' })),
    );
    const all = await getJobStats(deps, { tenant: 'local' });
    expect(all.items[0]?.meanDurationSeconds).toBe((2000 + 5) / 2 / 1000);
    expect(await getJobStats(deps, { tenant: 'local', tag: 'all' })).toStrictEqual(all);
  });

  test('with a tag, examines at most the newest 10,000 jobs in pages of 1,000, and reports whether there are more', async () => {
    const deps = testDeps();
    const insert = (index: number) =>
      deps.jobs.insert(endedJob('failed', at(today + index, { tags: ['red'] })));
    for (let index = 1; index <= 10_000; index += 1) await insert(index);
    const limits: number[] = [];
    const jobs: Pick<typeof deps.jobs, 'list'> = {
      list: (query) => {
        limits.push(query.limit);
        return deps.jobs.list(query);
      },
    };
    const stats = () => getJobStats({ ...deps, jobs }, { tenant: 'local', tag: 'red' });
    expect(await stats()).toMatchObject({ total: 10_000, complete: true });
    expect(limits).toEqual(Array(10).fill(1000));
    await deps.jobs.insert(endedJob('error', at(today, { tags: ['red'] })));
    expect(await stats()).toMatchObject({ total: 10_000, byStatus: { failed: 10_000 }, complete: false });
    expect(limits).toHaveLength(20);
  });

  test('with a tag, starts to read no further page after ten seconds', async () => {
    const deps = testDeps();
    for (let index = 1; index <= 3000; index += 1)
      await deps.jobs.insert(endedJob('failed', at(today + index, { tags: ['red'] })));
    const slow: Pick<typeof deps.jobs, 'list'> = {
      list: async (query) => {
        await deps.clock.sleep(5000);
        return deps.jobs.list(query);
      },
    };
    const stats = await getJobStats({ ...deps, jobs: slow }, { tenant: 'local', tag: 'red' });
    expect(stats).toMatchObject({ total: 2000, complete: false });
  });

  test('refuses a query for more services and days than one response can contain', async () => {
    const row = { tenant: 'local', service: 'echo', day: '2026-11-21', durationMs: 0 };
    const counts = { succeeded: 1, failed: 0, error: 0, aborted: 0 };
    const list = async ({ limit }: { limit: number }) =>
      Array.from({ length: limit }, () => ({ ...row, counts }));
    const deps = { ...testDeps(), counters: { list } };
    await expect(getJobStats(deps, { tenant: 'local' })).rejects.toMatchObject({ slug: 'invalid-request' });
  });
});
