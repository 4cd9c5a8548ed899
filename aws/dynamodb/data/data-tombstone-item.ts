import type { DataTombstone } from '../../../core/data/model/data-object.ts';
import { omit } from '../../../core/std/omit.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readOptionalJson,
  readOptionalNumber,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { dueDataAttributes } from './data-indexes.ts';
import { dataItemKey } from './data-keys.ts';

/** The layout version of the tombstones that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts the tombstone of a data object to an item, which replaces the object under its key. It is in no
 * index but `due`, and it has no version, so that no write of an object can replace it.
 *
 * | name | type | content | absent when |
 * |------|------|---------|-------------|
 * | `pk` `sk` | S | tenant and ID of the object (table-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `gone` | S | the tombstone as JSON, without removeAfter | |
 * | `due` `dueAt` | S N | keys of an index (data-indexes.ts); `dueAt` is removeAfter | no content can come any more |
 */
export function toItem(tombstone: DataTombstone): Item {
  const { tenant, id: dataId } = tombstone.data;
  return {
    ...dataItemKey({ tenant, dataId }),
    ...dueDataAttributes(dataId, tombstone.removeAfter),
    ...presentAttributes({
      z: number(layoutVersion),
      gone: jsonText(omit(tombstone, ['removeAfter'])),
    }),
  };
}

/** Whether the item under the key of a data object is a tombstone. */
export function isTombstone(item: Item): boolean {
  return item['gone'] !== undefined;
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): DataTombstone {
  checkLayoutVersion(item, layoutVersion);
  const tombstone = readOptionalJson<DataTombstone>(item, 'gone');
  if (tombstone === undefined) throw new UnreadableItemError(item, 'lacks its tombstone (gone)');
  return { ...tombstone, ...omitUndefined({ removeAfter: readOptionalNumber(item, 'dueAt') }) };
}
