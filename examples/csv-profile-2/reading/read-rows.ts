import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { ServiceFailure } from 'errand/worker';

/** A row of a table, and the number of its first line, from 1. */
export interface Row {
  readonly fields: readonly string[];
  /** Nothing is between two line ends: the row `""` is not empty, but has one empty field. */
  readonly isEmptyLine: boolean;
  readonly line: number;
}

export interface ReadOptions {
  /** One character between the fields. */
  readonly delimiter: string;
  readonly signal?: AbortSignal;
}

/** Characters of a row; without a limit, a quote that is never closed would fill the memory. */
const maxRowLength = 4 * 1_024 * 1_024;

/**
 * Reads CSV text in UTF-8 (RFC 4180; lines end with LF, CRLF or CR; a byte order mark is dropped) and calls `onRow` for each row,
 * with bounded memory. Throws a `ServiceFailure` with the line of malformed CSV, and what `onRow` throws.
 */
export async function readRows(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  { delimiter, signal }: ReadOptions,
  onRow: (row: Row) => void,
): Promise<void> {
  let line = 1;
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: maxRowLength,
    raw: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // The rows are handled here, so that none waits in the buffer of the stream.
    on_record: (record) => {
      const { record: fields, raw } = record as unknown as RawRecord; // the types do not know the option `raw`
      onRow({ fields, isEmptyLine: fields.length === 1 && fields[0] === '' && !raw.startsWith('"'), line });
      line += lineEnds(raw);
      return null;
    },
  });
  const nothing = new Writable({ objectMode: true, write: (_row, _encoding, done) => done() });
  try {
    await pipeline(Readable.from(source), decodeUtf8, parser, nothing, {
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw error instanceof CsvError ? malformed(line, describe(error)) : error;
  }
}

/** What the parser passes with the option `raw`. */
interface RawRecord {
  readonly record: readonly string[];
  readonly raw: string;
}

/** Line ends of a row, including those inside quotes. */
function lineEnds(raw: string): number {
  return raw.match(/\r\n|\r|\n/g)?.length ?? 0;
}

async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new ServiceFailure('The table is not text in UTF-8.', { type: 'malformed-csv' });
    throw error;
  }
}

function describe(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote opened in this row is never closed';
    case 'INVALID_OPENING_QUOTE':
      return 'a field of this row contains a quote but does not begin with one';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a closing quote in this row is followed by more text';
    case 'CSV_MAX_RECORD_SIZE':
      return 'the row has more than 4 MiB; possibly a quote opened in it is never closed';
    default:
      throw error;
  }
}

/** The failure of a malformed table. */
export function malformed(line: number, detail: string): ServiceFailure {
  return new ServiceFailure(`The CSV is malformed at line ${line}: ${detail}.`, { type: 'malformed-csv' });
}
