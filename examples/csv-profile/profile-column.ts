import { commonestOf, tallyOf, type ValueCount } from './commonest-values.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { type ColumnType, inferType } from './infer-type.ts';
import { compareIsoDates } from './iso-date.ts';
import { type Moments, momentsOf } from './moments.ts';
import { type Quartiles, quartilesOf } from './quartiles.ts';

type NumericFigures = Moments & {
  readonly type: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly quartiles: Quartiles;
  readonly histogram: Histogram;
};

type DateFigures = {
  readonly type: 'date';
  readonly min: string;
  readonly max: string;
  readonly commonest: readonly ValueCount[];
};

type ValueFigures = { readonly type: 'boolean' | 'text'; readonly commonest: readonly ValueCount[] };

/** The profile of a column. `count` fields hold a value, `missing` ones are empty, `distinct` texts occur. */
export type ColumnProfile = {
  readonly name: string;
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
} & (NumericFigures | DateFigures | ValueFigures);

/**
 * Profiles the fields of one column. Figures of numbers are doubles: an integer beyond 2^53 gives the nearest one.
 * The earliest and latest date are reported as they are written.
 */
export function profileColumn(name: string, fields: readonly string[]): ColumnProfile {
  const values = fields.filter((field) => field !== '');
  const tally = tallyOf(values);
  const [count, missing] = [values.length, fields.length - values.length];
  const figures = figuresOf(inferType(values), { values, tally });
  return { name, count, missing, distinct: tally.size, ...figures };
}

type Column = { readonly values: readonly string[]; readonly tally: ReadonlyMap<string, number> };

function figuresOf(type: ColumnType, { values, tally }: Column): NumericFigures | DateFigures | ValueFigures {
  switch (type) {
    case 'integer':
    case 'number':
      return { type, ...numericFigures(values) };
    case 'date':
      return { type, ...dateRange([...tally.keys()]), commonest: commonestOf(tally) };
    case 'boolean':
    case 'text':
      return { type, commonest: commonestOf(tally) };
  }
}

function numericFigures(values: readonly string[]): Omit<NumericFigures, 'type'> {
  // Adding 0 turns -0 into 0: JSON has no -0.
  const sorted = Float64Array.from(values, (value) => Number(value) + 0).sort();
  const [min, max] = [sorted[0], sorted[sorted.length - 1]];
  if (min === undefined || max === undefined) throw new RangeError('a numeric column has at least one value');
  return { min, max, ...momentsOf(sorted), quartiles: quartilesOf(sorted), histogram: histogramOf(sorted) };
}

function dateRange(dates: readonly string[]): { min: string; max: string } {
  return {
    min: dates.reduce((least, date) => (compareIsoDates(date, least) < 0 ? date : least)),
    max: dates.reduce((most, date) => (compareIsoDates(date, most) > 0 ? date : most)),
  };
}
