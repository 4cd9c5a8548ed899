import { describe, expect, test } from 'vitest';
import { countGroups } from '../../../core/events/count-groups.ts';
import type { JobChange } from '../../../core/events/publish-events.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import { transitionJob, withWrite } from '../../../core/jobs/model/transition-job.ts';
import type { GroupCounters } from '../../../core/ports/groups/group-counters.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { memoryGroupCounters } from '../../support/memory/groups/memory-group-counters.ts';

const { log } = testDeps();

function created(index: number, given: Partial<Job> = {}): JobChange {
  const after = aJob({ id: jobIdAt(someTime + index), group: 'nightly', ...given });
  return { position: String(index), after };
}

const countsOf = async (groups: GroupCounters, group = 'nightly', tenant = 'local') =>
  (await groups.get({ tenant, group }))?.counts;

describe('countGroups', () => {
  test('writes once for each group of each tenant in a batch, and not for jobs without a group', async () => {
    const groups = memoryGroupCounters();
    const writes: number[] = [];
    const { count } = groups;
    groups.count = async (key, changes) => {
      writes.push(changes.length);
      await count(key, changes);
    };
    const { group: _, ...without } = aJob({ id: jobIdAt(9) });
    const changes = [
      ...[1, 2, 3].map((index) => created(index)),
      created(4, { group: 'weekly' }),
      created(5, { tenant: 'other' }),
      { position: '6', after: without },
    ];
    expect(await countGroups({ groups, log }, changes)).toEqual([]);
    expect(writes.toSorted()).toEqual([1, 1, 3]);
    expect(await countsOf(groups)).toEqual({ pending: 3 });
    expect(await countsOf(groups, 'weekly')).toEqual({ pending: 1 });
    expect(await countsOf(groups, 'nightly', 'other')).toEqual({ pending: 1 });
  });

  test('moves a job whose states arrive in one batch, or in one write, to its last state', async () => {
    const groups = memoryGroupCounters();
    const first = aJob({ group: 'nightly' });
    const executing = transitionJob(first, 'executing', { now: someTime + 1, change: { attempt: 1 } });
    const ended = transitionJob(executing, 'succeeded', { now: someTime + 2000, change: {} });
    const other = endedJob('failed', { id: jobIdAt(someTime + 1), group: 'nightly' });
    await countGroups({ groups, log }, [
      { position: '1', after: first },
      { position: '2', before: first, after: executing },
      { position: '3', before: executing, after: ended },
      { position: '4', after: other },
    ]);
    expect(await groups.get({ tenant: 'local', group: 'nightly' })).toMatchObject({
      counts: { succeeded: 1, failed: 1 },
      succeededMs: 2000,
      firstRequestedAt: someTime,
      lastUpdatedAt: someTime + 2000,
    });
  });

  test('leaves out a job whose group an earlier release has not kept', async () => {
    const groups = memoryGroupCounters();
    const first = aJob({ group: 'nightly' });
    const { group: _, ...executing } = transitionJob(first, 'executing', {
      now: someTime + 1,
      change: { attempt: 1 },
    });
    await countGroups({ groups, log }, [
      { position: '1', after: first },
      { position: '2', before: first, after: executing },
      {
        position: '3',
        before: executing,
        tombstone: tombstoneOf(executing, { by: 'key-1', now: someTime + 2 }),
      },
    ]);
    expect(await groups.get({ tenant: 'local', group: 'nightly' })).toBeUndefined();
  });

  test('ignores a write without a transition, and the removal of a tombstone', async () => {
    const groups = memoryGroupCounters();
    const job = aJob({ group: 'nightly' });
    await countGroups({ groups, log }, [
      { position: '1', after: job },
      { position: '2', before: job, after: withWrite(job, someTime + 5, { tags: ['late'] }) },
      { position: '3' },
    ]);
    expect(await groups.get({ tenant: 'local', group: 'nightly' })).toMatchObject({
      counts: { pending: 1 },
      lastUpdatedAt: someTime,
    });
  });

  test('subtracts a deleted job once, also one that was removed without a tombstone', async () => {
    const groups = memoryGroupCounters();
    const jobs = [1, 2, 3].map((index) =>
      endedJob('succeeded', { id: jobIdAt(someTime + index), group: 'nightly' }),
    );
    await countGroups(
      { groups, log },
      jobs.map((after, index) => ({ position: String(index), after })),
    );
    const [first, second] = jobs;
    if (first === undefined || second === undefined) throw new Error('no jobs');
    const tombstone = tombstoneOf(first, { by: 'me', now: someTime + 60_000 });
    const deletions = [
      { position: '7', before: first, tombstone },
      { position: '8', before: second },
    ];
    await countGroups({ groups, log }, deletions);
    await countGroups({ groups, log }, deletions);
    expect(await groups.get({ tenant: 'local', group: 'nightly' })).toMatchObject({
      counts: { succeeded: 1 },
      succeededMs: 5,
      lastUpdatedAt: someTime + 60_000,
    });
  });

  test('returns the positions of the changes of a group that could not be counted, and counts the others', async () => {
    const groups = memoryGroupCounters();
    const { count } = groups;
    groups.count = async (key, changes) => {
      if (key.group === 'weekly') throw new Error('throttled');
      await count(key, changes);
    };
    const changes = [
      created(1),
      created(2, { group: 'weekly' }),
      created(3),
      created(4, { group: 'weekly' }),
    ];
    expect(await countGroups({ groups, log }, changes)).toEqual(['2', '4']);
    expect(await countsOf(groups)).toEqual({ pending: 2 });
    // The stream delivers the changes again, from the first one that was not counted.
    groups.count = count;
    expect(await countGroups({ groups, log }, changes.slice(1))).toEqual([]);
    expect([await countsOf(groups), await countsOf(groups, 'weekly')]).toEqual([
      { pending: 2 },
      { pending: 2 },
    ]);
  });
});
