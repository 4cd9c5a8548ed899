import { beforeEach, expect, test } from 'vitest';
import type { JobStatus } from '../../../core/contract/job-state.ts';
import type { GroupChange, GroupCounters, GroupKey } from '../../../core/ports/groups/group-counters.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

export const aGroup: GroupKey = { tenant: 'local', group: 'nightly' };

/** The change of a job from one state to another, in the given millisecond; absent states are no job. */
export function aChange(index: number, before?: JobStatus, after?: JobStatus): GroupChange {
  const jobOf = (status: JobStatus) => ({ status, succeededMs: status === 'succeeded' ? 100 + index : 0 });
  const states = `${before}-${after}`;
  return {
    id: `${jobIdAt(someTime + index)}/${states}`,
    ...(before === undefined ? {} : { before: jobOf(before) }),
    ...(after === undefined ? {} : { after: jobOf(after) }),
    requestedAt: someTime + index,
    at: someTime + 10_000 + index,
  };
}

/** The contract of all counters of groups. `makeCounters` returns empty ones; the caller cleans up. */
export function describeGroupCounters(makeCounters: () => Promise<GroupCounters>): void {
  let groups: GroupCounters;
  beforeEach(async () => {
    groups = await makeCounters();
  });

  test('count jobs by state, and move them from one state to another', async () => {
    await groups.count(aGroup, [aChange(1, undefined, 'pending'), aChange(2, undefined, 'draft')]);
    expect(await groups.get(aGroup)).toMatchObject({ counts: { pending: 1, draft: 1 } });
    await groups.count(aGroup, [aChange(1, 'pending', 'executing'), aChange(1, 'executing', 'succeeded')]);
    expect(await groups.get(aGroup)).toStrictEqual({
      ...aGroup,
      counts: { draft: 1, succeeded: 1 },
      succeededMs: 101,
      firstRequestedAt: someTime + 1,
      lastUpdatedAt: someTime + 10_002,
      run: { since: someTime + 10_001, ended: 1 },
    });
  });

  test('count a repeated change once, alone, within one call or among others', async () => {
    const [first, second] = [aChange(1, undefined, 'pending'), aChange(2, undefined, 'pending')];
    await groups.count(aGroup, [first, second, first]);
    await groups.count(aGroup, [first]);
    await groups.count(aGroup, [second, aChange(3, undefined, 'waiting'), first]);
    expect(await groups.get(aGroup)).toMatchObject({ counts: { pending: 2, waiting: 1 } });
  });

  test('have no group that was never counted or has lost all of its jobs, until a job joins it', async () => {
    expect(await groups.get(aGroup)).toBeUndefined();
    await groups.count(aGroup, [aChange(1, undefined, 'draft'), aChange(1, 'draft')]);
    expect(await groups.get(aGroup)).toBeUndefined();
    expect(await groups.list({ tenant: 'local', limit: 9 })).toStrictEqual({ groups: [] });
    // The deletion is delivered again.
    await groups.count(aGroup, [aChange(1, 'draft')]);
    await groups.count(aGroup, [aChange(5, undefined, 'pending')]);
    expect(await groups.get(aGroup)).toMatchObject({
      counts: { pending: 1 },
      firstRequestedAt: someTime + 5,
    });
  });

  test('separate groups and tenants, whatever the names contain', async () => {
    const names = [
      'a',
      'a#b',
      'J#1',
      'ü',
      '\0',
      '/',
      '\u{10ffff}',
      'x'.repeat(128),
      '\uffee'.repeat(128),
      '\u{10ffff}'.repeat(128),
    ];
    const keys = [
      ...names.map((group) => ({ tenant: 'local', group })),
      { tenant: 'local-2', group: 'a' },
      { tenant: 'other', group: 'b' },
    ];
    for (const [index, key] of keys.entries())
      await groups.count(key, [aChange(index, undefined, 'pending'), aChange(index, 'pending', 'executing')]);
    for (const [index, key] of keys.entries())
      expect(await groups.get(key)).toMatchObject({ ...key, firstRequestedAt: someTime + index });
    const listed = (await groups.list({ tenant: 'local', limit: 99 })).groups.map(({ group }) => group);
    expect(listed).toStrictEqual(
      names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
    );
    expect((await groups.list({ tenant: 'other', limit: 9 })).groups).toStrictEqual([
      await groups.get({ tenant: 'other', group: 'b' }),
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6])('list groups by name in pages of %i, without empty groups', async (limit) => {
    const named = async (group: string, isDeleted = false) => {
      await groups.count({ tenant: 'local', group }, [aChange(1, undefined, 'draft')]);
      if (isDeleted) await groups.count({ tenant: 'local', group }, [aChange(1, 'draft')]);
    };
    for (const name of ['b/2', 'a', 'b/1', 'b', 'c', 'b/3']) await named(name);
    for (const name of ['0', 'b/11', 'b/12', 'd']) await named(name, true);
    const pagesOf = async (namePrefix?: string) => {
      const pages: string[][] = [];
      let after: string | undefined;
      do {
        const page = await groups.list({ tenant: 'local', namePrefix, after, limit });
        pages.push(page.groups.map(({ group }) => group));
        after = page.next;
      } while (after !== undefined && pages.length < 20);
      return pages;
    };
    const whole = ['a', 'b', 'b/1', 'b/2', 'b/3', 'c'];
    const pages = await pagesOf();
    expect(pages.flat()).toStrictEqual(whole);
    expect(pages).toHaveLength(Math.ceil(whole.length / limit));
    expect((await pagesOf('b/')).flat()).toStrictEqual(['b/1', 'b/2', 'b/3']);
    expect(await pagesOf('none')).toStrictEqual([[]]);
  });
}
