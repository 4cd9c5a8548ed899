import { shorten, type TableColumn, tableLines } from '../terminal/layout.ts';

/** A column in the result of the service `csv-profile@2.0.0`; its schema is in `service.json`. */
export interface ColumnSummary {
  readonly name: string;
  readonly type: string;
  readonly missing: number;
  readonly distinct: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  readonly median?: number;
  readonly commonest?: string;
}

/** Returns the lines of two tables, of numbers and of other columns, headings first; an empty table is left out. */
export function summaryTables(columns: readonly ColumnSummary[]): ReadonlyArray<readonly string[]> {
  const numbers = columns.filter(({ median }) => median !== undefined);
  const others = columns.filter(({ median }) => median === undefined);
  return [
    ...(numbers.length === 0 ? [] : [tableLines(numberHeadings, numbers.map(numberCells))]),
    ...(others.length === 0 ? [] : [tableLines(otherHeadings, others.map(otherCells))]),
  ];
}

const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const numberHeadings = [
  { heading: 'numbers' },
  { heading: 'type' },
  ...['missing', 'distinct', 'min', 'median', 'mean', 'max'].map(right),
];
const otherHeadings = [
  { heading: 'others' },
  { heading: 'type' },
  ...['missing', 'distinct'].map(right),
  { heading: 'values' },
];

function numberCells({
  name,
  type,
  missing,
  distinct,
  min,
  median,
  mean,
  max,
}: ColumnSummary): readonly string[] {
  const figures = [min, median, mean, max].map(rounded);
  return [shorten(name, 16), type, String(missing), String(distinct), ...figures];
}

function otherCells({
  name,
  type,
  missing,
  distinct,
  min,
  max,
  commonest = '',
}: ColumnSummary): readonly string[] {
  const values = type === 'date' ? `${min} to ${max}` : commonest === '' ? '' : `mostly ${commonest}`;
  return [shorten(name, 16), type, String(missing), String(distinct), values];
}

/** Five significant digits, which are at most eleven characters. */
function rounded(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(5))) : (value ?? '');
}
