import type { RememberingCounter } from '../../core/jobs/queries/add-ends.ts';
import type { CounterKey } from '../../core/ports/job-counters.ts';
import { checkSchemaVersion, number, presentAttributes, readNumber } from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { counterItemKey, readCounterKey } from './table/table-keys.ts';

/** Layout of the items that this release writes and reads. */
const schemaVersion = 1;

const bytesPerHash = 4;

/** A counter, and how often it was written. */
export interface StoredCounter extends RememberingCounter {
  /** 0 for one that is not stored yet. */
  readonly version: number;
}

/** A counter that has counted nothing. */
export function newCounter(key: CounterKey): StoredCounter {
  const counts = { succeeded: 0, failed: 0, error: 0, aborted: 0 };
  return { ...key, counts, durationMs: 0, recent: [], version: 0 };
}

/**
 * A counter as an item, below 1,024 bytes so that a write takes one unit.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant, service and day (table-keys.ts) |
 * | `z` `v` | N | layout of the item, version |
 * | `s` `f` `e` `a` | N | how many succeeded, failed, ended in error, were aborted |
 * | `d` | N | milliseconds from request to success, in sum |
 * | `h` | B | hashes of the jobs counted last, 4 bytes each, at most 128 |
 */
export function toItem(counter: StoredCounter): Item {
  const { counts, recent } = counter;
  const hashes = Buffer.alloc(recent.length * bytesPerHash);
  for (const [index, hash] of recent.entries()) hashes.writeUInt32BE(hash, index * bytesPerHash);
  return {
    ...counterItemKey(counter),
    ...presentAttributes({
      z: number(schemaVersion),
      v: number(counter.version),
      s: number(counts.succeeded),
      f: number(counts.failed),
      e: number(counts.error),
      a: number(counts.aborted),
      d: number(counter.durationMs),
      h: { B: hashes },
    }),
  };
}

/** Reads what `toItem` wrote; throws `UnreadableItemError` on another layout. */
export function fromItem(item: Item): StoredCounter {
  checkSchemaVersion(item, schemaVersion);
  const hashes = Buffer.from(item['h']?.B ?? []);
  return {
    ...readCounterKey(item),
    version: readNumber(item, 'v'),
    counts: {
      succeeded: readNumber(item, 's'),
      failed: readNumber(item, 'f'),
      error: readNumber(item, 'e'),
      aborted: readNumber(item, 'a'),
    },
    durationMs: readNumber(item, 'd'),
    recent: Array.from({ length: hashes.length / bytesPerHash }, (_, index) =>
      hashes.readUInt32BE(index * bytesPerHash),
    ),
  };
}
