import type { Tombstone } from '../../../core/jobs/model/tombstone.ts';
import {
  checkSchemaVersion,
  jsonText,
  number,
  presentAttributes,
  readOptionalJson,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { jobItemKey } from '../table/table-keys.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';

/** Layout of the tombstones that this release writes and reads. */
const schemaVersion = 1;

/**
 * What is left of a deleted job, under the job's own key. It has no attribute that an index knows, and no version: no
 * write of a job replaces it.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and id of the job (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `gone` | S | the tombstone as JSON |
 */
export function toItem(tombstone: Tombstone): Item {
  const { tenant, id: jobId } = tombstone.job;
  return {
    ...jobItemKey({ tenant, jobId }),
    ...presentAttributes({ z: number(schemaVersion), gone: jsonText(tombstone) }),
  };
}

/** Whether the item under a job's key is what is left of it. */
export function isTombstone(item: Item): boolean {
  return item['gone'] !== undefined;
}

/** Reads what `toItem` wrote; throws `UnreadableItemError` on another layout. */
export function fromItem(item: Item): Tombstone {
  checkSchemaVersion(item, schemaVersion);
  const tombstone = readOptionalJson<Tombstone>(item, 'gone');
  if (tombstone === undefined) throw new UnreadableItemError(item, 'lacks what is left of the job (gone)');
  return tombstone;
}
