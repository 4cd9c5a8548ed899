import { omitUndefined } from '../../../core/std/omit-undefined.ts';

/** The maximum number of records that are read for a page, even if few of them match. */
export const maxReadRecords = 1000;

const minFilteredBatch = 25;

/** Some records of a list, in the order of the list and in their current state. */
export interface Batch<Value> {
  readonly values: readonly Value[];
  /** The number of examined entries; more than `values` when some records were deleted. */
  readonly examined: number;
  /** The position after which the next batch starts; absent at the end of the list. */
  readonly next?: string;
}

/** Reads the next records of a list, at most `count`. */
export type ReadBatch<Value> = (count: number) => Promise<Batch<Value>>;

export interface PageToFill<Value> {
  readonly limit: number;
  /** True when the list may also contain records that do not match. */
  readonly filtered: boolean;
  readonly matches: (value: Value) => boolean;
  /** The position of a record in the list. */
  readonly positionOf: (value: Value) => string;
}

export interface FilledPage<Value> {
  readonly values: readonly Value[];
  /** The position of the next page; absent at the end. */
  readonly next?: string;
  /** Number of records that were read, if they were filtered. */
  readonly scanned?: number;
}

/** Reads until a page is full, at most 1,000 records. */
export async function fillPage<Value>(
  read: ReadBatch<Value>,
  page: PageToFill<Value>,
): Promise<FilledPage<Value>> {
  const { limit, filtered, matches, positionOf } = page;
  const found: Value[] = [];
  let examined = 0;
  let batch: Batch<Value>;
  do {
    batch = await read(batchSize(limit - found.length, examined, filtered));
    found.push(...batch.values.filter(matches));
    examined += batch.examined;
  } while (batch.next !== undefined && found.length < limit && examined < maxReadRecords);
  const values = found.slice(0, limit);
  const last = values.at(-1);
  const next = found.length > limit && last !== undefined ? positionOf(last) : batch.next;
  return { values, ...omitUndefined({ next }), ...(filtered ? { scanned: examined } : {}) };
}

/**
 * Returns one more than needed, to detect the last page. If the records are filtered, it is at least 25 and at
 * least the number of records read so far, so that rare matches are found in few calls.
 */
function batchSize(missingCount: number, examined: number, filtered: boolean): number {
  const size = filtered ? Math.max(missingCount + 1, minFilteredBatch, examined) : missingCount + 1;
  return Math.min(size, maxReadRecords - examined);
}
