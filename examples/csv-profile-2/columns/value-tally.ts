import { commonestOf, type ValueCount } from '../../csv-profile/commonest-values.ts';

/** Memory that the values of all columns share, in bytes. */
export interface TallyBudget {
  remainingBytes: number;
}

/** Counts how often each value occurs. */
export interface ValueTally {
  add(value: string): void;
  summarize(): ValueTallySummary;
}

/** Exact counts of the first different values of a column. */
export interface ValueTallySummary {
  readonly distinct: number;
  /** More different values occurred, which were not counted. */
  readonly hasMore: boolean;
  readonly commonest: readonly ValueCount[];
}

/** Different values of a column that are counted. */
export const maxCountedValues = 100_000;

/** Memory of an entry of a `Map` besides the two bytes of each code unit of its key; measured with Node.js 24, rounded up. */
const entryBytes = 100;

/**
 * Counts each value until 100,000 different ones have occurred or the shared memory is used up. From then on, only values that
 * occurred before are counted, so every count is exact.
 */
export function valueTally(budget: TallyBudget): ValueTally {
  const counts = new Map<string, number>();
  let hasMore = false;
  return {
    add(value) {
      const count = counts.get(value);
      if (count !== undefined) counts.set(value, count + 1);
      else if (hasMore) return;
      else {
        const sizeBytes = entryBytes + 2 * value.length;
        hasMore = counts.size === maxCountedValues || budget.remainingBytes < sizeBytes;
        if (hasMore) return;
        budget.remainingBytes -= sizeBytes;
        counts.set(copied(value), 1);
      }
    },
    summarize: () => ({ distinct: counts.size, hasMore, commonest: commonestOf(counts) }),
  };
}

/** A field can be a slice of a larger string, which it would keep in memory. */
function copied(value: string): string {
  return Buffer.from(value).toString();
}
