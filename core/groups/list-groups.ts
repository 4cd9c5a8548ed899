import { ProblemError } from '../contract/problems/problem-error.ts';
import { groupName } from '../contract/tags.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import type { GroupCounters, GroupCounts } from '../ports/groups/group-counters.ts';
import { omitUndefined } from '../std/omit-undefined.ts';

export interface ListGroupsInput {
  readonly tenant: string;
  readonly namePrefix?: string | undefined;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListGroupsOutput {
  readonly groups: readonly GroupCounts[];
  readonly nextCursor?: string;
}

/**
 * A page of the tenant's groups in the order of the UTF-8 bytes of their names; 1,000 groups always fit in a response.
 * Throws `bad-cursor`.
 */
export async function listGroups(
  { groups }: { readonly groups: Pick<GroupCounters, 'list'> },
  { cursor, limit, ...query }: ListGroupsInput,
): Promise<ListGroupsOutput> {
  const identity = { list: 'groups', ...omitUndefined(query) };
  const after = cursor === undefined ? undefined : decodeCursor(identity, cursor);
  if (after !== undefined && !isPosition(after, query.namePrefix))
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const { groups: found, next } = await groups.list({ ...query, after, limit });
  return { groups: found, ...(next === undefined ? {} : { nextCursor: encodeCursor(identity, next) }) };
}

function isPosition(after: string, namePrefix = ''): boolean {
  return after.startsWith(namePrefix) && groupName.safeParse(after).success;
}
