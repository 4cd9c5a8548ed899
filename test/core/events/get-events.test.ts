import { describe, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { getEvents } from '../../../core/events/get-events.ts';
import { encodeCursor } from '../../../core/paging/cursor.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { executingJob } from '../../support/jobs/executing-job.ts';
import { aJob } from '../../support/jobs/jobs.ts';
import { virtualClock } from '../../support/jobs/virtual-clock.ts';
import { memoryJobStore } from '../../support/memory/memory-job-store.ts';

const job = executingJob();
const key = { tenant: job.tenant, jobId: job.id };
const baseUrl = 'https://api.test';
const refusal = expect.objectContaining({ slug: 'bad-cursor' });

async function depsWith(stored = job) {
  const jobs = memoryJobStore();
  await jobs.insert(stored);
  return { jobs, clock: virtualClock() };
}

describe('getEvents', () => {
  test('ends a page where more events would not fit in a response', async () => {
    const transitions = Array.from({ length: 900 }, (_, at) => ({
      status: 'pending' as const,
      at,
      attempt: 0,
    }));
    const deps = await depsWith({ ...job, transitions, tags: Array(50).fill('"'.repeat(128)) });
    const { events, nextCursor } = await getEvents(deps, { key, baseUrl, limit: 1000 });
    expect(events.length).toBeLessThan(6_000_000 / (50 * 128 * 4));
    const rest = await getEvents(deps, { key, baseUrl, limit: 1000, cursor: nextCursor ?? expect.fail() });
    expect(rest.events[0]?.id).toBe(`${job.id}/${events.length + 1}`);
  });

  test.each([1, 2, 3, 1000])(
    'pages through all events without gap or repetition, %i at a time',
    async (limit) => {
      const deps = await depsWith();
      const seen: JobEvent[] = [];
      let cursor: string | undefined;
      do {
        const page = await getEvents(deps, {
          key,
          baseUrl,
          limit,
          ...omitUndefined({ cursor }),
        });
        expect(page.events.length).toBeLessThanOrEqual(limit);
        seen.push(...page.events);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(seen.map(({ id }) => id)).toEqual([`${job.id}/1`, `${job.id}/2`]);
    },
  );

  test('continues after the last page when the job changed in between', async () => {
    const deps = await depsWith(aJob());
    const { nextCursor } = await getEvents(deps, { key, baseUrl, limit: 1 });
    expect(nextCursor).toBeUndefined();
    await deps.jobs.replace(job, 1);
    const cursor = encodeCursor({ list: 'events', ...key }, '1');
    const { events } = await getEvents(deps, { key, baseUrl, limit: 10, cursor });
    expect(events.map(({ id }) => id)).toEqual([`${job.id}/2`]);
  });

  test('refuses the cursor of another job, tenant or list', async () => {
    const deps = await depsWith();
    for (const identity of [
      { list: 'events', tenant: 'other', jobId: job.id },
      { list: 'events', tenant: job.tenant, jobId: 'other' },
      { list: 'jobs', tenant: job.tenant, jobId: job.id },
    ]) {
      const cursor = encodeCursor(identity, '1');
      await expect(getEvents(deps, { key, baseUrl, limit: 1, cursor })).rejects.toThrow(refusal);
    }
  });

  test.each(['-1', 'x', '0.5', '1e99'])('refuses a made-up position %s', async (position) => {
    const cursor = encodeCursor({ list: 'events', ...key }, position);
    await expect(getEvents(await depsWith(), { key, baseUrl, limit: 1, cursor })).rejects.toThrow(refusal);
  });

  test('finds neither an unknown job nor a job of another tenant', async () => {
    const notFound = expect.objectContaining({ slug: 'not-found' });
    const ask = async (change: Partial<typeof key>) =>
      getEvents(await depsWith(), { key: { ...key, ...change }, baseUrl, limit: 1 });
    await expect(ask({ jobId: 'nobody' })).rejects.toThrow(notFound);
    await expect(ask({ tenant: 'other' })).rejects.toThrow(notFound);
  });
});
