import {
  addChanges,
  isEmpty,
  newGroup,
  type RememberingGroup,
} from '../../../../core/groups/model/add-changes.ts';
import type { GroupCounters, GroupCounts, GroupKey } from '../../../../core/ports/groups/group-counters.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';

/** The in-memory counters of groups. */
export function memoryGroupCounters(): GroupCounters {
  const groups = new Map<string, RememberingGroup>();
  const nameOf = ({ tenant, group }: GroupKey) => JSON.stringify([tenant, group]);
  const bytesOf = ({ group }: GroupCounts) => Buffer.from(group);
  return {
    async count(key, changes) {
      const next = addChanges(groups.get(nameOf(key)) ?? newGroup(key), changes);
      if (next !== undefined) groups.set(nameOf(key), next);
    },
    async get(key) {
      const group = groups.get(nameOf(key));
      return group === undefined || isEmpty(group) ? undefined : withoutMemory(group);
    },
    async list({ tenant, namePrefix = '', after = '', limit }) {
      const listed = [...groups.values()]
        .filter((group) => group.tenant === tenant && !isEmpty(group))
        .filter(({ group }) => group.startsWith(namePrefix))
        .filter((group) => Buffer.compare(bytesOf(group), Buffer.from(after)) > 0)
        .sort((left, right) => Buffer.compare(bytesOf(left), bytesOf(right)))
        .map(withoutMemory);
      const page = listed.slice(0, limit);
      const next = listed.length > limit ? page.at(-1)?.group : undefined;
      return { groups: page, ...omitUndefined({ next }) };
    },
  };
}

function withoutMemory({ recent: _r, recentWrites: _w, ...counts }: RememberingGroup): GroupCounts {
  return counts;
}
