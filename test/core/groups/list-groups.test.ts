import { describe, expect, test } from 'vitest';
import { jobStatuses } from '../../../core/contract/job-state.ts';
import { type ListGroupsInput, listGroups } from '../../../core/groups/list-groups.ts';
import { representGroup } from '../../../core/groups/represent-group.ts';
import { encodeCursor } from '../../../core/paging/cursor.ts';
import { fitsInResponse } from '../../../core/paging/fit-on-page.ts';
import { aChange } from '../../contract/groups/group-counters-suite.ts';
import { memoryGroupCounters } from '../../support/memory/groups/memory-group-counters.ts';

async function world(names: readonly string[]) {
  const groups = memoryGroupCounters();
  for (const group of names)
    await groups.count({ tenant: 'local', group }, [aChange(1, undefined, 'pending')]);
  return async (input: Partial<ListGroupsInput> = {}) => {
    const page = await listGroups({ groups }, { tenant: 'local', limit: 50, ...input });
    return { ...page, names: page.groups.map(({ group }) => group) };
  };
}

describe('listGroups', () => {
  test('returns pages by name, each with the cursor of the next one', async () => {
    const list = await world(['b/2', 'a', 'b/1']);
    const first = await list({ limit: 2 });
    expect(first.names).toEqual(['a', 'b/1']);
    const last = await list({ limit: 2, cursor: first.nextCursor });
    expect([last.names, last.nextCursor]).toEqual([['b/2'], undefined]);
    expect((await list({ namePrefix: 'b/' })).names).toEqual(['b/1', 'b/2']);
  });

  test('refuses the cursor of another list, and one that names no position of the list', async () => {
    const list = await world(['a', 'b']);
    const { nextCursor } = await list({ limit: 1 });
    const madeUp = (namePrefix: string | undefined, position: string) =>
      encodeCursor(
        { list: 'groups', tenant: 'local', ...(namePrefix === undefined ? {} : { namePrefix }) },
        position,
      );
    for (const input of [
      { cursor: nextCursor, tenant: 'other' },
      { cursor: nextCursor, namePrefix: 'a' },
      { cursor: madeUp('a', 'b'), namePrefix: 'a' },
      { cursor: madeUp(undefined, 'x'.repeat(129)) },
    ])
      await expect(list(input)).rejects.toMatchObject({ slug: 'bad-cursor' });
  });

  test.each(['\u0001', '\uffee', '\u{10ffff}', '"'])(
    'returns 1,000 groups with the longest names of %j',
    async (character) => {
      const names = Array.from(
        { length: 1000 },
        (_, index) => `${String(index).padStart(3, '0')}${character.repeat(125)}`,
      );
      const list = await world(names);
      const page = await list({ limit: 1000 });
      expect(page.names).toEqual(names);
      const counts = Object.fromEntries(jobStatuses.map((status) => [status, 1_000_000_000]));
      const items = page.groups.map((group) =>
        representGroup(
          { ...group, counts, run: { since: 1, ended: 1 } },
          { baseUrl: `https://${'a'.repeat(200)}.example`, now: 2 },
        ),
      );
      expect(fitsInResponse({ items })).toBe(true);
    },
  );
});
