import type { ColumnProfile, TableProfile } from './table-profile.ts';

/** The result of the service: the most important figures of each column. */
export type Summary = {
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
};

/** `min`, `max`, `mean` and `median` are those of numbers; dates have `min` and `max`, other columns have `commonest`. */
export type ColumnSummary = Pick<
  ColumnProfile,
  'name' | 'type' | 'missing' | 'distinct' | 'hasMoreDistinct'
> & {
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  readonly median?: number;
  readonly commonest?: string;
};

/** Characters of the most frequent value that are kept: a field can be large. */
const maxValueLength = 100;

/** Shortens a profile to one line for each column. */
export function summarize({ rows, columns }: TableProfile): Summary {
  return { rows, columns: columns.map(summarizeColumn) };
}

function summarizeColumn(column: ColumnProfile): ColumnSummary {
  const { name, type, missing, distinct, hasMoreDistinct } = column;
  const base = { name, type, missing, distinct, ...(hasMoreDistinct ? { hasMoreDistinct } : {}) };
  switch (column.type) {
    case 'integer':
    case 'number':
      return { ...base, min: column.min, median: column.quartiles[1], mean: column.mean, max: column.max };
    case 'date':
      return { ...base, min: column.min, max: column.max };
    case 'boolean':
    case 'text': {
      const value = column.commonest[0]?.value;
      return value === undefined
        ? base
        : { ...base, commonest: [...value.slice(0, maxValueLength)].join('').toWellFormed() };
    }
  }
}
