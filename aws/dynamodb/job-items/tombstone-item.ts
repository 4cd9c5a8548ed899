import type { Tombstone } from '../../../core/jobs/model/tombstone.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readOptionalJson,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { jobItemKey } from '../table/table-keys.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';

/** The layout version of the tombstones that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts a tombstone to an item, which replaces the deleted job under its key. It is in none of the
 * indexes, and it has no version, so that no write of a job can replace it.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and ID of the job (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `gone` | S | the tombstone as JSON |
 */
export function toItem(tombstone: Tombstone): Item {
  const { tenant, id: jobId } = tombstone.job;
  return {
    ...jobItemKey({ tenant, jobId }),
    ...presentAttributes({ z: number(layoutVersion), gone: jsonText(tombstone) }),
  };
}

/** Whether the item under a job's key is a tombstone. */
export function isTombstone(item: Item): boolean {
  return item['gone'] !== undefined;
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Tombstone {
  checkLayoutVersion(item, layoutVersion);
  const tombstone = readOptionalJson<Tombstone>(item, 'gone');
  if (tombstone === undefined) throw new UnreadableItemError(item, 'lacks its tombstone (gone)');
  return tombstone;
}
