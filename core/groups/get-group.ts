import { ProblemError } from '../contract/problems/problem-error.ts';
import type { GroupCounters, GroupCounts, GroupKey } from '../ports/groups/group-counters.ts';

/** Returns the counts of a group. Throws `not-found` if it has no jobs. */
export async function getGroup(
  { groups }: { readonly groups: Pick<GroupCounters, 'get'> },
  key: GroupKey,
): Promise<GroupCounts> {
  const group = await groups.get(key);
  if (group !== undefined) return group;
  throw noSuchGroup(key.group);
}

/** The problem of a group without jobs. */
export function noSuchGroup(name: string): ProblemError {
  return new ProblemError(
    'not-found',
    `There is no job in the group "${name}"; a group exists as soon as its first job is counted, about a second after its submission`,
  );
}
