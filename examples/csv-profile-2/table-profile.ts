import type { ValueCount } from '../csv-profile/commonest-values.ts';
import type { Quartiles } from '../csv-profile/quartiles.ts';

/** `counts[i]` values lie from `edges[i]` (inclusive) to `edges[i + 1]` (exclusive; the last bin includes its end). */
export type Bins<Edge> = { readonly edges: readonly Edge[]; readonly counts: readonly number[] };

/** The figures of a column of numbers. */
export type NumberFigures = {
  readonly type: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample (divisor n - 1); absent for a single value. */
  readonly standardDeviation?: number;
  readonly quartiles: Quartiles;
  readonly histogram: Bins<number>;
  /** Quartiles and histogram are estimated from a random sample. */
  readonly isSampled?: true;
};

/** The figures of a column of dates. The edges of the histogram are ISO times in UTC. */
export type DateFigures = {
  readonly type: 'date';
  readonly min: string;
  readonly max: string;
  readonly histogram: Bins<string>;
  readonly isSampled?: true;
  readonly commonest: readonly ValueCount[];
};

/** The figures of any other column. */
export type ValueFigures = {
  readonly type: 'boolean' | 'text';
  readonly commonest: readonly ValueCount[];
};

/** The profile of a column: `count` fields have a value, `missing` fields are empty. */
export type ColumnProfile = {
  readonly name: string;
  readonly count: number;
  readonly missing: number;
  /** Number of different values, compared as text. */
  readonly distinct: number;
  /** There are more different values than `distinct`; only the first ones were counted. */
  readonly hasMoreDistinct?: true;
} & (NumberFigures | DateFigures | ValueFigures);

/** The profile of a table; `rows` does not include the header. */
export type TableProfile = {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
};
