import { selectColumns } from '../../csv-profile/select-columns.ts';
import { type ColumnProfiler, columnProfiler } from '../columns/column-profiler.ts';
import type { TableProfile } from '../table-profile.ts';
import { malformed, type Row, readRows } from './read-rows.ts';

export interface ProfileOptions {
  readonly delimiter?: string | undefined;
  /** The columns to profile, in this order. By default all. */
  readonly columns?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
  /** Is called for every row with the number of rows until then. */
  onRows?(rows: number): void;
}

/** Memory for the different values of all columns. */
const tallyBudgetBytes = 128 * 1_024 * 1_024;
/** Numbers and dates that are kept of all columns: 64 MiB. */
const maxKeptNumbers = 8 * 1_024 * 1_024;
/** Numbers or dates that are kept of a column; quartiles are exact up to this number of values. */
const maxColumnSample = 100_000;
const maxColumns = 10_000;

/**
 * Profiles a CSV table while it streams, with bounded memory: about 300 MB for a table with many different values. Throws a `ServiceFailure` for
 * malformed CSV and for an unknown column.
 */
export async function profileStream(
  content: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ProfileOptions,
): Promise<TableProfile> {
  const { delimiter = ',', columns: wanted, signal, onRows } = options;
  let header: readonly string[] | undefined;
  let profilers: ReadonlyArray<readonly [position: number, ColumnProfiler]> = [];
  let rows = 0;
  const onRow = (row: Row): void => {
    if (header === undefined) {
      header = checkHeader(row);
      profilers = profilersOf(header, wanted);
      return;
    }
    if (row.isEmptyLine && header.length > 1) return;
    checkLength(row, header.length);
    for (const [position, profiler] of profilers) profiler.add(row.fields[position] ?? '');
    rows += 1;
    onRows?.(rows);
  };
  await readRows(content, { delimiter, ...(signal === undefined ? {} : { signal }) }, onRow);
  if (header === undefined) throw malformed(1, 'the header is missing');
  return { rows, columns: profilers.map(([, profiler]) => profiler.profile()) };
}

function profilersOf(header: readonly string[], wanted: readonly string[] | undefined) {
  const positions = selectColumns(header, wanted);
  // A column can hold a sample of numbers and one of dates, but only until its first value.
  const sampleCapacity = Math.min(maxColumnSample, Math.floor(maxKeptNumbers / positions.length));
  const limits = { budget: { remainingBytes: tallyBudgetBytes }, sampleCapacity };
  return positions.map((position) => [position, columnProfiler(header[position] ?? '', limits)] as const);
}

function checkHeader({ fields, isEmptyLine, line }: Row): readonly string[] {
  if (isEmptyLine) throw malformed(line, 'the header is missing');
  if (fields.length > maxColumns)
    throw malformed(line, `the header has ${fields.length} fields; at most ${maxColumns} are allowed`);
  const seen = new Set<string>();
  const twice = fields.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return fields;
  throw malformed(line, `the header has the column ${JSON.stringify(twice)} more than once`);
}

function checkLength({ fields, line }: Row, expected: number): void {
  const found = fields.length;
  if (found === expected) return;
  throw malformed(
    line,
    `the row has ${found === 1 ? '1 field' : `${found} fields`}, the header has ${expected}`,
  );
}
