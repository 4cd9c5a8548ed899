import type { ApiAccess } from '../api-access.ts';
import { shorten, type TableColumn, tableLines } from '../terminal/layout.ts';
import type { Screen } from '../terminal/screen.ts';

/** A column in the result of the service `csv-profile`; its schema is in `service.json`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly missing: number;
  readonly distinct: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly quartiles?: readonly number[];
  readonly histogram?: { readonly counts: readonly number[] };
  readonly commonest?: ReadonlyArray<{ readonly value: string; readonly count: number }>;
}

/** Prints the result of a csv-profile job: a table of its columns of numbers, and one of its other columns. */
export async function printProfile(api: ApiAccess, screen: Screen, jobId: string): Promise<void> {
  const response = await fetch(`${api.url}/v1/jobs/${jobId}/result`, {
    headers: { 'x-api-key': api.apiKey },
  });
  if (!response.ok)
    throw new Error(
      `The result of job ${jobId} cannot be read: status ${response.status}: ${await response.text()}`,
    );
  const { columns } = (await response.json()) as { columns: readonly Column[] }; // as the service defines it
  for (const [headings = '', ...lines] of profileTables(columns)) {
    screen.print();
    screen.print(screen.style('bold', headings));
    for (const line of lines) screen.print(line);
  }
}

/** Returns the lines of the two tables, headings first; a table without columns of the CSV is left out. */
export function profileTables(columns: readonly Column[]): ReadonlyArray<readonly string[]> {
  const numbers = columns.filter(({ histogram }) => histogram !== undefined);
  const others = columns.filter(({ histogram }) => histogram === undefined);
  return [
    ...(numbers.length === 0 ? [] : [tableLines(numberHeadings, numbers.map(numberCells))]),
    ...(others.length === 0 ? [] : [tableLines(otherHeadings, others.map(otherCells))]),
  ];
}

const right = (heading: string): TableColumn => ({ heading, align: 'right' });
const numberHeadings = [
  { heading: 'numbers' },
  ...['missing', 'min', 'median', 'mean', 'max', 'std dev'].map(right),
  { heading: 'histogram' },
];
const otherHeadings = [
  { heading: 'others' },
  { heading: 'type' },
  ...['missing', 'distinct'].map(right),
  { heading: 'values' },
];

function numberCells(column: Column): readonly string[] {
  const { name, missing, min, quartiles, mean, max, standardDeviation, histogram } = column;
  const figures = [min, quartiles?.[1], mean, max, standardDeviation].map(rounded);
  return [shorten(name, 16), String(missing), ...figures, sparkline(histogram?.counts ?? [])];
}

function otherCells({ name, type, missing, distinct, min, max, commonest = [] }: Column): readonly string[] {
  const values =
    type === 'date'
      ? `${min} to ${max}`
      : commonest.map(({ value, count }) => `${value} (${count})`).join(', ');
  return [shorten(name, 16), type, String(missing), String(distinct), values];
}

/** Five significant digits, which are at most eleven characters. */
function rounded(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(5))) : (value ?? '');
}

const levels = '▁▂▃▄▅▆▇█';

/** Draws counts as bars of eight heights; only a count of zero has the lowest. */
function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((count) => levels[Math.ceil((count / most) * (levels.length - 1))]).join('');
}
