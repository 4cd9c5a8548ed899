import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { dueShard } from '../../aws/due-shard.ts';
import { jobStatuses } from '../../core/contract/job-state.ts';
import type { Job } from '../../core/jobs/job.ts';
import { touchJob } from '../../core/jobs/move-job.ts';
import type { JobKey, JobListQuery, JobStore } from '../../core/ports/job-store.ts';
import { arbitraryJob } from '../support/arbitrary-job.ts';
import { jobIdAt } from '../support/job-id.ts';
import { aJob, endedJob, someTime } from '../support/jobs.ts';

/** What every job store must do. `makeStore` gives an empty store; whoever calls this cleans up. */
export function describeJobStore(makeStore: () => Promise<JobStore>): void {
  describe('single jobs', () => describeSingleJobs(makeStore));
  describe('lists', () => describeLists(makeStore));
  describe('what is due', () => describeDue(makeStore));
}

function keyOf(job: Job): JobKey {
  return { tenant: job.tenant, jobId: job.id };
}

function describeSingleJobs(makeStore: () => Promise<JobStore>): void {
  let store: JobStore;
  let made = 0;
  const freshJob = (given: Partial<Job> = {}) => {
    made += 1;
    return aJob({ id: jobIdAt(someTime + made), ...given });
  };
  beforeAll(async () => {
    store = await makeStore();
  });

  it('gives back any valid job as it was inserted', async () => {
    let run = 0;
    const property = fc.asyncProperty(arbitraryJob(), async (random) => {
      run += 1;
      const job = { ...random, tenant: `tenant-${run}` };
      expect(await store.insert(job)).toBe('inserted');
      expect(await store.get(keyOf(job))).toStrictEqual(job);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('gives back any valid job as it was replaced', async () => {
    let run = 0;
    const property = fc.asyncProperty(arbitraryJob(), arbitraryJob(), async (first, second) => {
      run += 1;
      const tenant = `changing-${run}`;
      const next = { ...second, tenant, id: first.id };
      await store.insert({ ...first, tenant });
      expect(await store.replace(next, first.version)).toBe('replaced');
      expect(await store.get(keyOf(next))).toStrictEqual(next);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('refuses a second job with the same id and keeps the first', async () => {
    const job = freshJob();
    await store.insert(job);
    expect(await store.insert({ ...job, owner: 'someone-else' })).toBe('exists');
    expect(await store.get(keyOf(job))).toStrictEqual(job);
  });

  it('lets one of several inserts at once win', async () => {
    const job = freshJob();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((owner) => store.insert({ ...job, owner })),
    );
    expect(answers.filter((answer) => answer === 'inserted')).toHaveLength(1);
  });

  it('knows no job that was not inserted, nor another tenant with the same id', async () => {
    const job = freshJob();
    expect(await store.get(keyOf(job))).toBeUndefined();
    await store.insert(job);
    expect(await store.get({ tenant: 'other', jobId: job.id })).toBeUndefined();
  });

  it('refuses to replace a version that is not the stored one', async () => {
    const job = freshJob();
    await store.insert(job);
    const next = touchJob(job, someTime, { starts: 2 });
    expect(await store.replace(next, 2)).toBe('conflict');
    expect(await store.get(keyOf(job))).toStrictEqual(job);
    expect(await store.replace(next, 1)).toBe('replaced');
    expect(await store.replace(next, 1)).toBe('conflict');
  });

  it('does not create a job by replacing one that is missing', async () => {
    const job = freshJob();
    expect(await store.replace(job, 1)).toBe('conflict');
    expect(await store.get(keyOf(job))).toBeUndefined();
  });

  it('lets one of several writers of the same version win', async () => {
    const job = freshJob();
    await store.insert(job);
    const writers = [2, 3, 4, 5, 6].map((starts) => touchJob(job, someTime, { starts }));
    const answers = await Promise.all(writers.map((writer) => store.replace(writer, 1)));
    const won = writers.filter((_, index) => answers[index] === 'replaced');
    expect(won).toHaveLength(1);
    expect(await store.get(keyOf(job))).toStrictEqual(won[0]);
  });
}

/** All jobs of a list, page by page; fails when a page is too long or the list does not go on. */
async function readAll(store: JobStore, query: JobListQuery): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  let beforeId: string | undefined = query.beforeId;
  do {
    const page = await store.list({ ...query, ...(beforeId === undefined ? {} : { beforeId }) });
    expect(page.jobs.length).toBeLessThanOrEqual(query.limit);
    jobs.push(...page.jobs);
    if (page.nextBeforeId !== undefined && beforeId !== undefined) {
      expect(page.nextBeforeId < beforeId).toBe(true);
    }
    beforeId = page.nextBeforeId;
  } while (beforeId !== undefined);
  return jobs;
}

/** What a list must hold, in the plainest words. */
function listOf(jobs: readonly Job[], { statuses, services, beforeId }: JobListQuery): readonly Job[] {
  return jobs
    .filter((job) => statuses === undefined || statuses.includes(job.status))
    .filter((job) => services === undefined || services.includes(job.service.name))
    .filter((job) => beforeId === undefined || job.id < beforeId)
    .sort((left, right) => (left.id < right.id ? 1 : -1));
}

function describeLists(makeStore: () => Promise<JobStore>): void {
  let store: JobStore;
  beforeAll(async () => {
    store = await makeStore();
  });

  const serviceNames = ['echo', 'csv', 'csv-profile'];
  const query = fc.record(
    {
      statuses: fc.uniqueArray(fc.constantFrom(...jobStatuses), { minLength: 1, maxLength: 12 }),
      services: fc.uniqueArray(fc.constantFrom(...serviceNames, 'unknown'), { minLength: 1, maxLength: 3 }),
      beforeId: arbitraryJob().map(({ id }) => id),
      limit: fc.integer({ min: 1, max: 12 }),
    },
    { requiredKeys: ['limit'] },
  );
  const population = fc.uniqueArray(arbitraryJob({ serviceNames }), {
    selector: ({ id }) => id,
    maxLength: 30,
  });

  it('gives what was asked for, newest first, whatever the filters and the page size', async () => {
    let run = 0;
    const property = fc.asyncProperty(
      population,
      fc.array(query, { minLength: 8, maxLength: 8 }),
      async (random, queries) => {
        run += 1;
        const tenant = `tenant-${run}`;
        const jobs = random.map((job) => ({ ...job, tenant }));
        await Promise.all(jobs.map((job) => store.insert(job)));
        for (const random of queries) {
          const asked = { ...random, tenant };
          expect(await readAll(store, asked)).toStrictEqual(listOf(jobs, asked));
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('knows the last page when the page size divides the list', async () => {
    const jobs = [1, 2, 3, 4].map((offset) => aJob({ tenant: 'even', id: jobIdAt(someTime + offset) }));
    for (const job of jobs) await store.insert(job);
    for (const filter of [{}, { services: ['echo'] }, { statuses: ['pending'] as const }]) {
      const first = await store.list({ tenant: 'even', limit: 2, ...filter });
      expect(first.nextBeforeId).toBe(jobs[2]?.id);
      const last = await store.list({ tenant: 'even', limit: 2, ...filter, beforeId: jobs[2]?.id ?? '' });
      expect(last.jobs.map(({ id }) => id)).toStrictEqual([jobs[1]?.id, jobs[0]?.id]);
      expect(last.nextBeforeId).toBeUndefined();
    }
  });

  it('gives an empty page for a tenant without jobs', async () => {
    expect((await store.list({ tenant: 'nobody', limit: 10 })).jobs).toStrictEqual([]);
    expect((await store.list({ tenant: 'nobody', limit: 10, statuses: ['failed'] })).jobs).toStrictEqual([]);
  });

  it('takes an empty filter for none', async () => {
    await store.insert(aJob({ tenant: 'open' }));
    const page = await store.list({ tenant: 'open', limit: 10, statuses: [], services: [] });
    expect(page.jobs).toHaveLength(1);
  });

  it('shows a job in the list of its new state and no longer in that of its old one', async () => {
    const job = aJob({ tenant: 'moving' });
    await store.insert(job);
    for (const status of ['failed', 'succeeded'] as const) {
      const ended = endedJob(status, { tenant: 'moving' });
      const before = await store.get(keyOf(job));
      await store.replace({ ...ended, version: (before?.version ?? 0) + 1 }, before?.version ?? 0);
      expect((await store.list({ tenant: 'moving', limit: 5, statuses: [status] })).jobs).toHaveLength(1);
      expect((await store.list({ tenant: 'moving', limit: 5, statuses: ['pending'] })).jobs).toHaveLength(0);
    }
    expect((await store.list({ tenant: 'moving', limit: 5, statuses: ['failed'] })).jobs).toHaveLength(0);
  });
}

function describeDue(makeStore: () => Promise<JobStore>): void {
  const dueJob = (offset: number, dueAt: number, tenant = 'local') =>
    aJob({ tenant, id: jobIdAt(someTime + offset), dueAt });

  it('gives the jobs due by now, of all tenants, and no others', async () => {
    const store = await makeStore();
    const jobs = [dueJob(1, 1000, 'a'), dueJob(2, 2000, 'b'), dueJob(3, 2001, 'a')];
    for (const job of jobs) await store.insert(job);
    const due = await store.listDue(2000, 10);
    expect(new Set(due.map(({ tenant, jobId }) => `${tenant} ${jobId}`))).toStrictEqual(
      new Set(jobs.slice(0, 2).map(({ tenant, id }) => `${tenant} ${id}`)),
    );
    expect(await store.listDue(999, 10)).toStrictEqual([]);
  });

  it('drops a job once it has ended, and follows one whose time was moved', async () => {
    const store = await makeStore();
    const [ending, moving] = [dueJob(1, 1000), dueJob(2, 1000)];
    await store.insert(ending);
    await store.insert(moving);
    await store.replace(endedJob('succeeded', { id: ending.id }), 1);
    await store.replace(touchJob(moving, someTime, { dueAt: 5000 }), 1);
    expect(await store.listDue(4999, 10)).toStrictEqual([]);
    expect(await store.listDue(5000, 10)).toStrictEqual([keyOf(moving)]);
  });

  it('gives as many as were asked for when there are as many, the longest due first in each shard', async () => {
    const store = await makeStore();
    const jobs = Array.from({ length: 60 }, (_, index) => dueJob(index, 1000 + ((index * 37) % 60)));
    await Promise.all(jobs.map((job) => store.insert(job)));
    const dueAt = new Map(jobs.map((job) => [job.id, job.dueAt ?? 0]));
    for (const limit of [1, 7, 8, 33, 60, 200]) {
      const due = await store.listDue(2000, limit);
      expect(due).toHaveLength(Math.min(limit, jobs.length));
      expect(new Set(due.map(({ jobId }) => jobId)).size).toBe(due.length);
      for (const times of Object.values(Object.groupBy(due, ({ jobId }) => dueShard(jobId)))) {
        const order = (times ?? []).map(({ jobId }) => dueAt.get(jobId) ?? 0);
        expect(order).toStrictEqual(order.toSorted((left, right) => left - right));
      }
    }
  });

  it('gives the jobs of a shard that is fuller than the others', async () => {
    const store = await makeStore();
    const ids = Array.from({ length: 200 }, (_, index) => jobIdAt(someTime + index));
    const full = ids.filter((id) => dueShard(id) === '3').slice(0, 12);
    expect(full).toHaveLength(12);
    for (const [index, id] of full.entries()) await store.insert(aJob({ id, dueAt: 1000 + index }));
    const due = await store.listDue(2000, 10);
    expect(due.map(({ jobId }) => jobId)).toStrictEqual(full.slice(0, 10));
  });
}
