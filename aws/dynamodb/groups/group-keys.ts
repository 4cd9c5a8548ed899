import type { GroupKey } from '../../../core/ports/groups/group-counters.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';

/**
 * Returns the partition of a tenant's groups. It is separate, because a group is written whenever its jobs change
 * their states.
 */
export function groupsPartition(tenant: string): string {
  return `GROUPS#${tenant}`;
}

/**
 * The start of the sort keys of groups. Without it, a group could have the sort key of a job, whose changes the
 * publisher receives.
 */
export const groupSortPrefix = 'G#';

/** Returns the primary key of a group. A name of 128 characters has at most 512 bytes. */
export function groupItemKey({ tenant, group }: GroupKey): Item {
  return { pk: { S: groupsPartition(tenant) }, sk: { S: groupSortPrefix + group } };
}

/** Reads the key of a group from an item. */
export function readGroupKey(item: Item): GroupKey {
  return {
    tenant: readText(item, 'pk').slice(groupsPartition('').length),
    group: readText(item, 'sk').slice(groupSortPrefix.length),
  };
}
