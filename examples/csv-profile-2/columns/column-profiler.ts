import { histogramOf } from '../../csv-profile/histogram.ts';
import { type ColumnType, typeRules } from '../../csv-profile/infer-type.ts';
import { momentsOf } from '../../csv-profile/moments.ts';
import { quartilesOf } from '../../csv-profile/quartiles.ts';
import type { ColumnProfile, NumberFigures } from '../table-profile.ts';
import { type DateRange, dateRange, scaled } from './date-range.ts';
import { type NumberSample, numberSample } from './number-sample.ts';
import { type TallyBudget, valueTally } from './value-tally.ts';

/** Profiles a column while its fields arrive. */
export interface ColumnProfiler {
  add(field: string): void;
  profile(): ColumnProfile;
}

/** What the profilers of a table share. */
export interface ProfilerLimits {
  readonly budget: TallyBudget;
  /** Numbers or dates of a column that are kept; above this, a sample of this size is. */
  readonly sampleCapacity: number;
}

/** Creates the profiler of a column. Its memory is bounded. */
export function columnProfiler(name: string, { budget, sampleCapacity }: ProfilerLimits): ColumnProfiler {
  const tally = valueTally(budget);
  let rules = typeRules;
  let [count, missing] = [0, 0];
  // Each of the two ends when a value has another type.
  let numbers: NumberSample | undefined = numberSample(sampleCapacity);
  let dates: DateRange | undefined = dateRange(sampleCapacity);
  const narrow = (value: string): void => {
    if (rules.every(([, accepts]) => accepts(value))) return;
    rules = rules.filter(([, accepts]) => accepts(value));
    if (!rules.some(([type]) => type === 'number')) numbers = undefined;
    if (!rules.some(([type]) => type === 'date')) dates = undefined;
  };
  return {
    add(field) {
      if (field === '') {
        missing += 1;
        return;
      }
      count += 1;
      narrow(field);
      // Adding 0 turns -0 into 0: JSON has no -0.
      numbers?.add(Number(field) + 0);
      dates?.add(field);
      tally.add(field);
    },
    profile() {
      const { distinct, hasMore, commonest } = tally.summarize();
      const base = { name, count, missing, distinct, ...(hasMore ? { hasMoreDistinct: true as const } : {}) };
      const type: ColumnType = count === 0 ? 'text' : (rules[0]?.[0] ?? 'text');
      switch (type) {
        case 'integer':
        case 'number':
          return { ...base, ...numberFigures(type, numbers, count) };
        case 'date': {
          if (dates === undefined) throw new Error('a column of dates has a range');
          const { isSampled, ...range } = dates.summarize(count);
          return { ...base, type, ...range, ...(isSampled ? { isSampled: true as const } : {}), commonest };
        }
        case 'boolean':
        case 'text':
          return { ...base, type, commonest };
      }
    },
  };
}

function numberFigures(
  type: 'integer' | 'number',
  numbers: NumberSample | undefined,
  count: number,
): NumberFigures {
  if (numbers === undefined) throw new Error('a column of numbers has a sample');
  const { sorted, isSampled, mean, standardDeviation } = numbers.summarize();
  const { edges, counts } = histogramOf(sorted);
  const figures = {
    type,
    min: sorted[0] ?? mean,
    max: sorted.at(-1) ?? mean,
    quartiles: quartilesOf(sorted),
    histogram: { edges, counts: scaled(counts, count) },
  };
  // Two passes over all numbers are more exact than one.
  if (!isSampled) return { ...figures, ...momentsOf(sorted) };
  return { ...figures, mean, ...(standardDeviation === undefined ? {} : { standardDeviation }), isSampled };
}
