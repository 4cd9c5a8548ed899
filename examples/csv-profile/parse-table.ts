import { CsvError, parse } from 'csv-parse/sync';
import { ServiceFailure } from 'errand/worker';

/** A table by columns: `columns[i]` holds the fields under `header[i]`, all of the same length `rows`. */
export type Table = {
  readonly header: readonly string[];
  readonly columns: readonly (readonly string[])[];
  readonly rows: number;
};

type Row = {
  readonly fields: readonly string[];
  /** Nothing stands between two line ends: the record `""` is no empty line, but a row of one empty field. */
  readonly isEmptyLine: boolean;
  readonly line: () => number;
};

const quoteByte = 0x22;

/**
 * Parses CSV text whose first row is the header (RFC 4180; LF, CRLF or CR; a byte order mark is dropped; spaces count).
 * An empty line is a missing value where there is one column, and is skipped where there are more.
 * Throws a `ServiceFailure` with the line number for malformed CSV. Line numbers count from 1, and a row that spans
 * several lines is reported with its first line.
 */
export function parseTable(csv: string, delimiter: string): Table {
  const [head, ...body] = readRows(csv.replace(/^\uFEFF/, ''), delimiter);
  if (head === undefined || head.isEmptyLine) throw malformed(1, 'the header is missing');
  const header = checkHeader(head);
  const rows = header.length === 1 ? body : body.filter((row) => !row.isEmptyLine);
  for (const row of rows) checkLength(row, header.length);
  const columns = header.map((_, index) => rows.map((row) => row.fields[index] ?? ''));
  return { header, columns, rows: rows.length };
}

function readRows(csv: string, delimiter: string): Row[] {
  const rows: Row[] = [];
  const encoded = Buffer.from(csv);
  let startBytes = 0;
  try {
    parse(csv, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (fields: string[], { bytes }) => {
        const rowStartBytes = startBytes;
        const isEmptyLine = fields.length === 1 && fields[0] === '' && encoded[rowStartBytes] !== quoteByte;
        rows.push({ fields, isEmptyLine, line: () => lineAt(encoded, rowStartBytes) });
        startBytes = bytes;
        return null;
      },
    });
  } catch (error) {
    throw error instanceof CsvError ? malformed(lineAt(encoded, startBytes), faultOf(error)) : error;
  }
  return rows;
}

/** The parser's own line counter is not used: it counts a CRLF inside quotes as two lines. */
function lineAt(encoded: Buffer, offsetBytes: number): number {
  const before = encoded.subarray(0, offsetBytes).toString();
  return before.split(/\r\n|\r|\n/).length;
}

function faultOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote opened in this row is never closed';
    case 'INVALID_OPENING_QUOTE':
      return 'a field of this row holds a quote but does not begin with one';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a closing quote in this row is followed by more text';
    default:
      throw error;
  }
}

function checkHeader(head: Row): readonly string[] {
  const seen = new Set<string>();
  const twice = head.fields.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return head.fields;
  throw malformed(head.line(), `the header names the column ${JSON.stringify(twice)} more than once`);
}

function checkLength(row: Row, expected: number): void {
  const found = row.fields.length;
  if (found === expected) return;
  throw malformed(row.line(), `the row has ${countOf(found)}, the header has ${expected}`);
}

function countOf(fields: number): string {
  return fields === 1 ? '1 field' : `${fields} fields`;
}

function malformed(line: number, fault: string): ServiceFailure {
  return new ServiceFailure(`The CSV is malformed at line ${line}: ${fault}.`, { type: 'malformed-csv' });
}
