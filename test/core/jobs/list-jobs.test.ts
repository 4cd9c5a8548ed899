import { describe, expect, it } from 'vitest';
import { type ListJobsInput, listJobs } from '../../../core/jobs/list-jobs.ts';
import { writeCursor } from '../../../core/paging/cursor.ts';
import { jobIdAt } from '../../support/job-id.ts';
import { aJob, someTime } from '../../support/jobs.ts';
import { memoryJobStore } from '../../support/memory-job-store.ts';

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
    const page = await listJobs(deps, { ...query, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.jobs.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return seen;
}

describe('listJobs', () => {
  it.each([1, 2, 7, 1000])(
    "pages through the tenant's own jobs, newest first, %i at a time",
    async (limit) => {
      expect(await collect({ tenant: 'local', limit })).toEqual(ids.toReversed());
    },
  );

  it('keeps its filters from page to page', async () => {
    expect(await collect({ tenant: 'local', services: ['other'], statuses: ['pending'], limit: 1 })).toEqual([
      ids[5],
      ids[3],
      ids[1],
    ]);
  });

  it('refuses a cursor with other filters or of another tenant', async () => {
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
    ]) {
      await expect(listJobs(deps, { ...other, limit: 1, cursor })).rejects.toThrow(refusal);
    }
    const page = await listJobs(deps, { tenant: 'local', services: ['echo'], limit: 5, cursor });
    expect(page.jobs).toHaveLength(3);
  });

  it('refuses a position that is no job id', async () => {
    const cursor = writeCursor(
      { list: 'jobs', tenant: 'local', statuses: undefined, services: undefined },
      'zzz',
    );
    await expect(listJobs(await store(), { tenant: 'local', limit: 1, cursor })).rejects.toThrow(refusal);
  });

  it('passes on how many were read, and a next page behind an empty one', async () => {
    const page = { jobs: [], nextBeforeId: ids[3] ?? '', scanned: 1000 };
    const answer = await listJobs({ jobs: { list: async () => page } }, { tenant: 'local', limit: 2 });
    expect(answer).toEqual({ jobs: [], scanned: 1000, nextCursor: expect.any(String) });
  });
});
