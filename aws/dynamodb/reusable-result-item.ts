import type { ReusableKey, ReusableResult } from '../../core/ports/reuse/reusable-results.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { digestAttribute, readDigest } from './table/digest-attribute.ts';
import { checkLayoutVersion, number, presentAttributes, readText, text } from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { reusableResultItemKey } from './table/table-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts a reusable result to an item, which is in none of the indexes.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and content digest (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `j` | S | job ID |
 * | `od` | B | digest of the outputs; absent if there are none |
 * | `ttl` | N | when the item expires, in epoch seconds; the table's time-to-live attribute |
 */
export function toItem(key: ReusableKey, result: ReusableResult, expiresAtEpochSeconds: number): Item {
  return {
    ...reusableResultItemKey(key),
    ...presentAttributes({
      z: number(layoutVersion),
      j: text(result.jobId),
      od: digestAttribute(result.outputsDigest),
      ttl: number(expiresAtEpochSeconds),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): ReusableResult {
  checkLayoutVersion(item, layoutVersion);
  return { jobId: readText(item, 'j'), ...omitUndefined({ outputsDigest: readDigest(item, 'od') }) };
}
