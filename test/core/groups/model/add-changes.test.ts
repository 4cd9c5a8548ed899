import { describe, expect, test } from 'vitest';
import {
  activeJobs,
  addChanges,
  maxRecent,
  maxRecentWrites,
  minRecent,
  newGroup,
  type RememberingGroup,
} from '../../../../core/groups/model/add-changes.ts';
import type { GroupChange } from '../../../../core/ports/groups/group-counters.ts';
import { aChange, aGroup } from '../../../contract/groups/group-counters-suite.ts';
import { someTime } from '../../../support/jobs/jobs.ts';

const pending = (index: number) => aChange(index, undefined, 'pending');
const batchOf = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => pending(first + index));

/** Adds batches one after the other; a batch that changes nothing leaves the group as it is. */
function added(...batches: ReadonlyArray<readonly GroupChange[]>): RememberingGroup {
  return batches.reduce<RememberingGroup>(
    (group, batch) => addChanges(group, batch) ?? group,
    newGroup(aGroup),
  );
}

describe('the memory of a group', () => {
  test('contains the changes of the last 20 writes, however large they were', () => {
    const batches = Array.from({ length: maxRecentWrites }, (_, index) => batchOf(index * 100, 100));
    const group = added(...batches);
    expect(group.recent).toHaveLength(maxRecent);
    for (const batch of batches) expect(addChanges(group, batch)).toBeUndefined();
    const next = added(...batches, batchOf(5000, 100));
    expect(next.recent).toHaveLength(maxRecent);
    expect(addChanges(next, batches[1] ?? [])).toBeUndefined();
    expect(addChanges(next, batches[0] ?? [])?.counts.pending).toBe(2200);
  });

  test('contains the last 100 changes when each was written alone', () => {
    const group = added(...batchOf(0, 150).map((change) => [change]));
    expect(group.recent).toHaveLength(minRecent);
    expect(group.recentWrites).toHaveLength(maxRecentWrites);
    expect(addChanges(group, batchOf(50, 100))).toBeUndefined();
    expect(addChanges(group, [pending(49)])).toBeDefined();
  });

  test('contains a whole batch, even one that is larger than the memory', () => {
    const batch = batchOf(0, maxRecent + 1);
    expect(addChanges(added(batch), batch)).toBeUndefined();
  });

  test('becomes small again when a busy group becomes quiet', () => {
    const quiet = batchOf(9000, maxRecentWrites).map((change) => [change]);
    expect(added(batchOf(0, 100), batchOf(100, 100), ...quiet).recent).toHaveLength(minRecent);
  });

  test('distinguishes the changes of one job', () => {
    const changes = [pending(1), aChange(1, 'pending', 'executing'), aChange(1, 'executing', 'failed')];
    expect(added(changes.slice(0, 2), changes).counts).toEqual({ failed: 1 });
  });
});

describe('the counts of a group', () => {
  test('are right again when a change arrives late', () => {
    const changes = [pending(1), aChange(1, 'pending', 'executing'), aChange(1, 'executing', 'failed')];
    const early = added(changes.slice(1));
    expect(early.counts).toEqual({ pending: -1, failed: 1 });
    expect(addChanges(early, changes.slice(0, 1))?.counts).toEqual({ failed: 1 });
  });

  test('contain no duration of a deleted job', () => {
    const changes = [
      pending(1),
      pending(2),
      ...[1, 2].map((index) => aChange(index, 'pending', 'succeeded')),
    ];
    expect(added(changes).succeededMs).toBe(203);
    expect(added(changes, [aChange(1, 'succeeded')]).succeededMs).toBe(102);
  });

  test('contain drafts, which are no active jobs', () => {
    const group = added([aChange(1, undefined, 'draft'), aChange(2, undefined, 'ready'), pending(3)]);
    expect(group.counts).toEqual({ draft: 1, ready: 1, pending: 1 });
    expect(activeJobs(group)).toBe(1);
  });
});

describe('the run of a group', () => {
  test('starts with its first active job and counts the ends', () => {
    const group = added(
      [aChange(1, undefined, 'draft')],
      [pending(2), pending(3), aChange(2, 'pending', 'succeeded')],
    );
    expect(group.run).toEqual({ since: someTime + 10_002, ended: 1 });
  });

  test('starts again when a job joins a group whose jobs have all ended', () => {
    const first = [pending(1), aChange(1, 'pending', 'failed')];
    expect(added(first).run).toEqual({ since: someTime + 10_001, ended: 1 });
    expect(added(first, [pending(7)]).run).toEqual({ since: someTime + 10_007, ended: 0 });
  });

  test('counts no aborted draft and no job that was created with a result', () => {
    const others = [
      aChange(2, undefined, 'ready'),
      aChange(2, 'ready', 'aborted'),
      aChange(3, undefined, 'succeeded'),
      aChange(4, undefined, 'draft'),
      aChange(4, 'draft'),
    ];
    expect(added([pending(1), ...others]).run).toEqual({ since: someTime + 10_001, ended: 0 });
  });

  test('forgets its older half once 2,000 jobs have ended', () => {
    const jobs = Array.from({ length: 2000 }, (_, index) => index);
    const starts = [...jobs, 2000].map(pending);
    const ends = jobs.map((index) => ({
      ...aChange(index, 'pending', 'failed'),
      at: someTime + 10_000 + 20 * (index + 1),
    }));
    expect(added(starts, ends).run).toEqual({ since: someTime + 30_000, ended: 1000 });
  });
});
