import { beforeAll, expect, test } from 'vitest';
import { type Tombstone, tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import { withWrite } from '../../../core/jobs/model/transition-job.ts';
import type { JobKey, JobStore } from '../../../core/ports/job-store.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';

/** The contract of every job store for deleted jobs and for reads of several jobs. */
export function describeTombstones(makeStore: () => Promise<JobStore>): void {
  let store: JobStore;
  let made = 0;
  const indexed = { metadata: { run: 7 }, indexedMetadata: ['run'] };
  beforeAll(async () => {
    store = await makeStore();
  });

  async function buried(tenant: string): Promise<{ readonly key: JobKey; readonly tombstone: Tombstone }> {
    made += 1;
    const job = endedJob('failed', {
      tenant,
      id: jobIdAt(someTime + made),
      name: 'mine',
      tags: ['a'],
      ...indexed,
    });
    await store.insert(job);
    const tombstone = tombstoneOf(job, { by: 'key-1', now: someTime + 99 });
    expect(await store.replaceWithTombstone(tombstone, job.version, job)).toBe('replaced');
    return { key: { tenant, jobId: job.id }, tombstone };
  }

  test('returns the tombstone of a deleted job, and no longer the job', async () => {
    const { key, tombstone } = await buried('one');
    expect(await store.tombstone(key)).toStrictEqual(tombstone);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.getMany('one', [key.jobId])).toStrictEqual([]);
    expect(await store.tombstone({ ...key, tenant: 'other' })).toBeUndefined();
  });

  test('lists no deleted job, and continues after it', async () => {
    const left = aJob({ tenant: 'lists', id: jobIdAt(someTime - 5) });
    await store.insert(left);
    await buried('lists');
    for (const filter of [{}, { services: ['echo'] }, { statuses: ['failed', 'pending'] as const }]) {
      const page = await store.list({ tenant: 'lists', limit: 1, ...filter });
      expect(page.jobs).toStrictEqual([left]);
    }
    for (const metadata of [
      { kind: 'equals', name: 'run', values: [7] },
      { kind: 'range', name: 'run' },
    ] as const)
      expect((await store.list({ tenant: 'lists', limit: 1, metadata: [metadata] })).jobs).toStrictEqual([]);
    const due = await store.listDue(someTime + 1e9, 1000);
    expect(due.filter(({ tenant }) => tenant === 'lists')).toStrictEqual([
      { tenant: 'lists', jobId: left.id },
    ]);
  });

  test('refuses to create, write or delete a job under the ID of a deleted job', async () => {
    const { key, tombstone } = await buried('taken');
    const job = aJob({ tenant: 'taken', id: key.jobId });
    expect(await store.insert(job)).toBe('exists');
    for (const version of [0, 1, tombstone.job.version]) {
      expect(await store.replace(withWrite(job, someTime, {}), version)).toBe('conflict');
      expect(await store.replaceWithTombstone(tombstone, version)).toBe('conflict');
    }
    expect(await store.tombstone(key)).toStrictEqual(tombstone);
  });

  test('keeps a job that was written since, and returns no tombstone for a job that was never deleted', async () => {
    const job = aJob({ tenant: 'kept' });
    await store.insert(job);
    const tombstone = tombstoneOf(job, { by: 'key-1', now: someTime });
    expect(await store.replaceWithTombstone(tombstone, 2)).toBe('conflict');
    expect(await store.replaceWithTombstone({ ...tombstone, job: { ...job, id: jobIdAt(1) } }, 1)).toBe(
      'conflict',
    );
    const key = { tenant: 'kept', jobId: job.id };
    expect(await store.get(key)).toStrictEqual(job);
    expect(await store.tombstone(key)).toBeUndefined();
  });

  test('accepts exactly one of a concurrent write and deletion', async () => {
    const job = endedJob('failed', { tenant: 'race' });
    await store.insert(job);
    const tombstone = tombstoneOf(job, { by: 'key-1', now: someTime });
    const outcomes = await Promise.all([
      store.replace(withWrite(job, someTime, { name: 'new' }), job.version),
      store.replaceWithTombstone(tombstone, job.version),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(1);
  });

  test('reads several jobs in the requested order, each once', async () => {
    const jobs = Array.from({ length: 120 }, (_, index) =>
      aJob({ tenant: 'many', id: jobIdAt(someTime, BigInt(index)) }),
    );
    await Promise.all(jobs.map((job) => store.insert(job)));
    const ids = jobs.map(({ id }) => id).toReversed();
    const found = await store.getMany('many', [...ids, jobIdAt(3)]);
    expect(found).toStrictEqual(jobs.toReversed());
    expect(await store.getMany('many', [])).toStrictEqual([]);
    expect(await store.getMany('other', ids)).toStrictEqual([]);
  });

  test('reads jobs and tombstones in the requested order, without missing ones', async () => {
    const jobs = Array.from({ length: 120 }, (_, index) =>
      endedJob('failed', { tenant: 'both', id: jobIdAt(someTime, BigInt(index)) }),
    );
    await Promise.all(jobs.map((job) => store.insert(job)));
    const records = await Promise.all(
      jobs.map(async (job, index) => {
        if (index % 3 > 0) return job;
        const tombstone = tombstoneOf(job, { by: 'key-1', now: someTime });
        await store.replaceWithTombstone(tombstone, job.version);
        return tombstone;
      }),
    );
    const ids = jobs.map(({ id }) => id).toReversed();
    expect(await store.getRecords('both', [...ids, jobIdAt(3)])).toStrictEqual(records.toReversed());
    expect(await store.getRecords('both', [])).toStrictEqual([]);
    expect(await store.getRecords('other', ids)).toStrictEqual([]);
  });
}
