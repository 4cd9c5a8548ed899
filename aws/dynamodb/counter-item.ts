import type { RememberingCounter } from '../../core/jobs/queries/add-ends.ts';
import type { CounterKey } from '../../core/ports/job-counters.ts';
import { checkLayoutVersion, number, presentAttributes, readNumber } from './table/item-attributes.ts';
import type { Item } from './table/table.ts';
import { counterItemKey, readCounterKey } from './table/table-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

const bytesPerHash = 4;

/** A counter with the number of its writes. */
export interface StoredCounter extends RememberingCounter {
  /** 0 for a counter that is not stored yet. */
  readonly version: number;
}

/** Creates a counter with all counts at 0. */
export function newCounter(key: CounterKey): StoredCounter {
  const counts = { succeeded: 0, failed: 0, error: 0, aborted: 0 };
  return { ...key, counts, durationMs: 0, recent: [], version: 0 };
}

/**
 * Converts a counter to an item. It has less than 1,024 bytes, so that a write costs one write unit.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant, service and day (table-keys.ts) |
 * | `z` `v` | N | layout of the item, version |
 * | `s` `f` `e` `a` | N | number of jobs that succeeded, failed, ended in error, were aborted |
 * | `d` | N | sum of the milliseconds from request to success |
 * | `h` | B | hashes of the most recently counted jobs, 4 bytes each, at most 128 |
 */
export function toItem(counter: StoredCounter): Item {
  const { counts, recent } = counter;
  const hashes = Buffer.alloc(recent.length * bytesPerHash);
  for (const [index, hash] of recent.entries()) hashes.writeUInt32BE(hash, index * bytesPerHash);
  return {
    ...counterItemKey(counter),
    ...presentAttributes({
      z: number(layoutVersion),
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

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): StoredCounter {
  checkLayoutVersion(item, layoutVersion);
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
