import type { IdempotencyKey, RememberedRequest } from '../../core/ports/idempotency-store.ts';
import { digestAttribute, readDigest } from './table/digest-attribute.ts';
import {
  checkLayoutVersion,
  number,
  presentAttributes,
  readNumber,
  readText,
  text,
} from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { idempotencyItemKey } from './table/table-keys.ts';
import { UnreadableItemError } from './table/unreadable-item-error.ts';

/** The layout version of the idempotency items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Converts a remembered request to an item, which is in none of the indexes.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and digest of the key (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `j` | S | job ID |
 * | `fp` | B | fingerprint |
 * | `ttl` | N | expiresAtEpochSeconds; the table's time-to-live attribute |
 */
export function toItem(key: IdempotencyKey, request: RememberedRequest): Item {
  return {
    ...idempotencyItemKey(key),
    ...presentAttributes({
      z: number(layoutVersion),
      j: text(request.jobId),
      fp: digestAttribute(request.fingerprint),
      ttl: number(request.expiresAtEpochSeconds),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): RememberedRequest {
  checkLayoutVersion(item, layoutVersion);
  return {
    jobId: readText(item, 'j'),
    fingerprint: readDigest(item, 'fp') ?? missingFingerprint(item),
    expiresAtEpochSeconds: readNumber(item, 'ttl'),
  };
}

function missingFingerprint(item: Item): never {
  throw new UnreadableItemError(item, 'lacks its fingerprint (fp)');
}
