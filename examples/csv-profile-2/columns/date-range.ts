import { histogramOf } from '../../csv-profile/histogram.ts';
import { compareIsoDates, toEpochSeconds } from '../../csv-profile/iso-date.ts';
import type { Bins } from '../table-profile.ts';
import { numberSample } from './number-sample.ts';

/** The range of ISO dates as they were written, and their histogram. */
export interface DateSummary {
  readonly min: string;
  readonly max: string;
  readonly histogram: Bins<string>;
  readonly isSampled: boolean;
}

/** Collects ISO dates in bounded memory. */
export interface DateRange {
  add(date: string): void;
  /** Throws a `RangeError` if no date was added. */
  summarize(count: number): DateSummary;
}

export function dateRange(capacity: number): DateRange {
  const sample = numberSample(capacity);
  let [min, max] = ['', ''];
  let [minSeconds, maxSeconds] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add(date) {
      const seconds = toEpochSeconds(date);
      sample.add(seconds);
      // To compare texts is slow, and only needed within the same second.
      if (seconds < minSeconds || (seconds === minSeconds && compareIsoDates(date, min) < 0))
        [min, minSeconds] = [date, seconds];
      if (seconds > maxSeconds || (seconds === maxSeconds && compareIsoDates(date, max) > 0))
        [max, maxSeconds] = [date, seconds];
    },
    summarize(count) {
      const { sorted, isSampled } = sample.summarize();
      const { edges, counts } = histogramOf(sorted);
      const histogram = { edges: edges.map(isoTime), counts: scaled(counts, count) };
      return { min, max, histogram, isSampled };
    },
  };
}

/** Rounded to whole seconds. */
function isoTime(epochSeconds: number): string {
  return `${new Date(Math.round(epochSeconds) * 1_000).toISOString().slice(0, 19)}Z`;
}

/** Extrapolates the counts of a sample to the number of all values. Their sum is exact. */
export function scaled(counts: readonly number[], total: number): readonly number[] {
  const sampled = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return counts.map((count) => {
    const before = Math.round((seen / sampled) * total);
    seen += count;
    return Math.round((seen / sampled) * total) - before;
  });
}
