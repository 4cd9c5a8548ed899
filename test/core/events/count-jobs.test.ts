import { describe, expect, test } from 'vitest';
import { changesBeforeFirst, countJobs } from '../../../core/events/count-jobs.ts';
import type { JobChange } from '../../../core/events/publish-events.ts';
import type { JobCounters } from '../../../core/ports/job-counters.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { memoryJobCounters } from '../../support/memory/memory-job-counters.ts';

const log = testDeps().log;
const other = { name: 'other', version: '1.0.0' };

function ending(index: number, given: Partial<ReturnType<typeof aJob>> = {}): JobChange {
  const job = { id: jobIdAt(someTime + index), ...given };
  return { position: String(index), before: aJob(job), after: endedJob('succeeded', job) };
}

const counted = async (counters: JobCounters) =>
  (await counters.list({ tenant: 'local', limit: 10 })).map(({ service, counts }) => [
    service,
    counts.succeeded,
  ]);

describe('countJobs', () => {
  test('counts with one write for each service and day, whatever the number of jobs', async () => {
    const memory = memoryJobCounters();
    const writes: number[] = [];
    const counters: JobCounters = {
      ...memory,
      count: async (key, ends) => {
        writes.push(ends.length);
        await memory.count(key, ends);
      },
    };
    const changes = [ending(1), ending(2, { service: other }), ending(3), ending(4)];
    expect(await countJobs({ counters, log }, changes)).toEqual([]);
    expect(writes.toSorted()).toEqual([1, 3]);
    expect(await counted(memory)).toEqual([
      ['echo', 3],
      ['other', 1],
    ]);
  });

  test('counts a repeated batch once, in part or with others', async () => {
    const counters = memoryJobCounters();
    const changes = [ending(1), ending(2), ending(3)];
    await countJobs({ counters, log }, changes);
    await countJobs({ counters, log }, changes.slice(1));
    await countJobs({ counters, log }, [...changes, ending(4)]);
    expect(await counted(counters)).toEqual([['echo', 4]]);
  });

  test('counts only the write that ended a job', async () => {
    const counters = memoryJobCounters();
    const ended = endedJob('succeeded');
    const changes: readonly JobChange[] = [
      { position: '1', after: aJob() },
      { position: '2', before: aJob(), after: { ...aJob(), version: 2 } },
      { position: '3', before: ended, after: { ...ended, tags: ['late'], version: 3 } },
      { position: '4', before: ended },
    ];
    await countJobs({ counters, log }, changes);
    expect(await counted(counters)).toEqual([]);
  });

  test('adds the durations from the time that the jobs waited only for their service', async () => {
    const counters = memoryJobCounters();
    const id = jobIdAt(someTime);
    const end = someTime + 86_401_000;
    const transitions = [
      { status: 'ready', at: someTime, attempt: 0 },
      { status: 'waiting', at: someTime + 3_600_000, attempt: 0 },
      { status: 'pending', at: someTime + 86_400_000, attempt: 0 },
      { status: 'succeeded', at: end, attempt: 1 },
    ] as const;
    const after = { ...endedJob('succeeded', { id }), transitions, finishedAt: end };
    await countJobs({ counters, log }, [{ position: '1', before: aJob({ id }), after }]);
    const [counter] = await counters.list({ tenant: 'local', limit: 10 });
    expect(counter?.durationMs).toBe(1000);
  });

  test('logs a count that failed, and stores the others', async () => {
    const memory = memoryJobCounters();
    const counters: JobCounters = {
      ...memory,
      count: async (key, ends) => {
        if (key.service === 'other') throw new Error('throttled');
        await memory.count(key, ends);
      },
    };
    const changes = [ending(1), ending(2, { service: other }), ending(3), ending(4, { service: other })];
    expect(await countJobs({ counters, log }, changes)).toEqual(['2', '4']);
    expect(await counted(memory)).toEqual([['echo', 2]]);
  });
});

describe('changesBeforeFirst', () => {
  test('removes the first failure and all later changes', () => {
    const changes = [ending(1), ending(2), ending(3)];
    expect(changesBeforeFirst(changes, ['3', '2'])).toEqual(changes.slice(0, 1));
    expect(changesBeforeFirst(changes, [])).toEqual(changes);
  });
});
