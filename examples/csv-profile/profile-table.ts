import { parseTable } from './parse-table.ts';
import { type ColumnProfile, profileColumn } from './profile-column.ts';
import { selectColumns } from './select-columns.ts';

/** The service's parameters, see `service.json`: `delimiter` is one character, `columns` picks and orders. */
export type ProfileParameters = {
  readonly csv: string;
  readonly delimiter?: string;
  readonly columns?: readonly string[];
};

/** The service's result: `rows` without the header, and one profile a column. */
export type TableProfile = { readonly rows: number; readonly columns: readonly ColumnProfile[] };

/** Profiles a CSV table. Throws a `ServiceFailure` for malformed CSV and for an unknown column. */
export function profileTable({ csv, delimiter = ',', columns: wanted }: ProfileParameters): TableProfile {
  const table = parseTable(csv, delimiter);
  const columns = selectColumns(table.header, wanted).map((index) =>
    profileColumn(table.header[index] ?? '', table.columns[index] ?? []),
  );
  return { rows: table.rows, columns };
}
