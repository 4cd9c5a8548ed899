import {
  isEmpty,
  type RememberingGroup,
  recentDigestLength,
} from '../../../core/groups/model/add-changes.ts';
import type { GroupCounts } from '../../../core/ports/groups/group-counters.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { digestsAttribute, readDigests } from '../table/digest-attribute.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readNumber,
  readOptionalJson,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { groupItemKey, readGroupKey } from './group-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

/** A group with the number of its writes. */
export interface StoredGroup extends RememberingGroup {
  /** 0 for a group that is not stored yet. */
  readonly version: number;
}

/**
 * How long a group is kept after its last job was deleted, because the stream may deliver changes of its jobs again:
 * longer than the publisher retries a batch.
 */
const emptyGroupSeconds = 24 * 60 * 60;

/**
 * Converts a group to an item. While it remembers at most 100 changes, it has less than 1,024 bytes, so that a write costs one write
 * unit, unless its name is longer than 100 bytes.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and name (group-keys.ts) |
 * | `z` `v` | N | layout of the item, version |
 * | `c` | S | number of jobs by state, as JSON |
 * | `d` | N | succeededMs |
 * | `rq` `ua` | N | firstRequestedAt, lastUpdatedAt |
 * | `rn` | S | run, as JSON; absent before a job was started |
 * | `h` | B | digests of the changes that were counted most recently, 6 bytes each |
 * | `w` | S | how many of them each of the last writes counted, as JSON |
 * | `ttl` | N | when the item expires, in epoch seconds; only of a group without jobs |
 */
export function toItem(group: StoredGroup): Item {
  return {
    ...groupItemKey(group),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(group.version),
      c: jsonText(group.counts),
      d: number(group.succeededMs),
      rq: number(group.firstRequestedAt),
      ua: number(group.lastUpdatedAt),
      rn: jsonText(group.run),
      h: digestsAttribute(group.recent),
      w: jsonText(group.recentWrites),
      ttl: isEmpty(group) ? number(Math.floor(group.lastUpdatedAt / 1000) + emptyGroupSeconds) : undefined,
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): StoredGroup {
  checkLayoutVersion(item, layoutVersion);
  return {
    ...readGroupKey(item),
    version: readNumber(item, 'v'),
    counts: readOptionalJson<StoredGroup['counts']>(item, 'c') ?? {},
    succeededMs: readNumber(item, 'd'),
    firstRequestedAt: readNumber(item, 'rq'),
    lastUpdatedAt: readNumber(item, 'ua'),
    ...omitUndefined({ run: readOptionalJson<NonNullable<StoredGroup['run']>>(item, 'rn') }),
    recent: readDigests(item, 'h', recentDigestLength) ?? [],
    recentWrites: readOptionalJson<readonly number[]>(item, 'w') ?? [],
  };
}

/** The counts of a group, without the changes that it remembers. */
export function countsOf({ recent: _r, recentWrites: _w, version: _v, ...counts }: StoredGroup): GroupCounts {
  return counts;
}
