import { describe, expect, test } from 'vitest';
import { type ListJobsInput, listJobs } from '../../../../core/jobs/queries/list-jobs.ts';
import { summarizeJob } from '../../../../core/jobs/queries/represent-job.ts';
import { encodeCursor } from '../../../../core/paging/cursor.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { memoryJobStore } from '../../../support/memory/memory-job-store.ts';

const refusal = expect.objectContaining({ slug: 'bad-cursor' });
const ids = Array.from({ length: 7 }, (_, index) => jobIdAt(someTime, BigInt(index)));

async function store() {
  const jobs = memoryJobStore();
  for (const [index, id] of ids.entries()) {
    await jobs.insert(aJob({ id, service: { name: index % 2 === 0 ? 'echo' : 'other', version: '1.0.0' } }));
  }
  await jobs.insert(aJob({ tenant: 'stranger' }));
  return { jobs };
}

async function collect(query: Omit<ListJobsInput, 'cursor'>): Promise<readonly string[]> {
  const deps = await store();
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listJobs(deps, { ...query, ...omitUndefined({ cursor }) });
    seen.push(...page.jobs.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return seen;
}

describe('listJobs', () => {
  test.each([1, 2, 7, 1000])(
    "pages through the tenant's own jobs, newest first, %i at a time",
    async (limit) => {
      expect(await collect({ tenant: 'local', limit })).toEqual(ids.toReversed());
    },
  );

  test('keeps its filters from page to page', async () => {
    expect(await collect({ tenant: 'local', services: ['other'], statuses: ['pending'], limit: 1 })).toEqual([
      ids[5],
      ids[3],
      ids[1],
    ]);
  });

  test('ends a page before it exceeds the response limit of a function, and continues after it', async () => {
    const jobs = memoryJobStore();
    const large = Array.from({ length: 900 }, (_, index) => jobIdAt(someTime, BigInt(index)));
    // Quotes grow most when a response is encoded as a text.
    const metadata = { note: '"'.repeat(2000) };
    for (const id of large) await jobs.insert(aJob({ id, metadata }));
    const seen: string[] = [];
    for (let cursor: string | undefined, open = true; open; open = cursor !== undefined) {
      const page = await listJobs({ jobs }, { tenant: 'local', limit: 1000, ...(cursor && { cursor }) });
      const result = { items: page.jobs.map((job) => summarizeJob(job, `https://${'a'.repeat(60)}.test`)) };
      const body = JSON.stringify(result);
      expect(Buffer.byteLength(JSON.stringify({ body }))).toBeLessThan(6_291_556);
      seen.push(...page.jobs.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(large.toReversed());
  });

  test('refuses a cursor with other filters or of another tenant', async () => {
    const deps = await store();
    const { nextCursor: cursor = '' } = await listJobs(deps, {
      tenant: 'local',
      services: ['echo'],
      limit: 1,
    });
    for (const other of [
      { tenant: 'local' },
      { tenant: 'local', services: ['other'] },
      { tenant: 'local', services: ['echo'], statuses: ['pending'] as const },
      { tenant: 'stranger', services: ['echo'] },
      { tenant: 'local', services: ['echo'], tag: 'red' },
      { tenant: 'local', services: ['echo'], order: 'asc' as const },
      { tenant: 'local', services: ['echo'], createdBefore: someTime + 1 },
    ]) {
      await expect(listJobs(deps, { ...other, limit: 1, cursor })).rejects.toThrow(refusal);
    }
    const page = await listJobs(deps, { tenant: 'local', services: ['echo'], limit: 5, cursor });
    expect(page.jobs).toHaveLength(3);
  });

  test('pages through a list by names, whose positions contain the names too', async () => {
    const names = await Promise.all(
      [1, 1000].map((limit) => collect({ tenant: 'local', namePrefix: 'e', limit })),
    );
    expect(names[0]).toEqual([ids[6], ids[4], ids[2], ids[0]]);
    expect(names[1]).toEqual(names[0]);
  });

  test('refuses a position that is not a job ID', async () => {
    const cursor = encodeCursor({ list: 'jobs', tenant: 'local', order: 'desc' }, 'zzz');
    await expect(listJobs(await store(), { tenant: 'local', limit: 1, cursor })).rejects.toThrow(refusal);
  });

  test('returns the number of jobs read, and a next page after an empty one', async () => {
    const page = { jobs: [], next: ids[3] ?? '', scanned: 1000 };
    const result = await listJobs({ jobs: { list: async () => page } }, { tenant: 'local', limit: 2 });
    expect(result).toEqual({ jobs: [], scanned: 1000, nextCursor: expect.any(String) });
  });
});
