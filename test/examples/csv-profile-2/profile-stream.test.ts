import { readFileSync } from 'node:fs';
import { ServiceFailure } from 'errand/worker';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileTable } from '../../../examples/csv-profile/profile-table.ts';
import { profileStream } from '../../../examples/csv-profile-2/reading/profile-stream.ts';
import { readRows } from '../../../examples/csv-profile-2/reading/read-rows.ts';
import type { ColumnProfile, TableProfile } from '../../../examples/csv-profile-2/table-profile.ts';

async function* chunksOf(content: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content as string);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function profile(content: string | Buffer, chunkSize = 7): Promise<TableProfile> {
  return profileStream(chunksOf(content, chunkSize), {});
}

async function failure(content: string | Buffer): Promise<string> {
  const error: unknown = await profile(content).catch((thrown: unknown) => thrown);
  if (error instanceof ServiceFailure) return error.message;
  throw new Error(`no ServiceFailure but ${String(error)}`, { cause: error });
}

/** The members that version 1.0.0 has too. */
function likeVersion1({ rows, columns }: TableProfile): unknown {
  return {
    rows,
    columns: columns.map((column: ColumnProfile) => {
      if (column.type !== 'date') return column;
      const { histogram: _, ...rest } = column;
      return rest;
    }),
  };
}

test('a table is profiled as by version 1.0.0, wherever its chunks end', async () => {
  const field = fc.oneof(
    fc.constantFrom(
      '',
      'true',
      '007',
      '1e309',
      '-0',
      '2012-01-01',
      '2012-01-01T09:30',
      '"',
      ',',
      '\n',
      '\r\n',
      '😀',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -5, max: 5 }).map(String),
    fc.string({ unit: 'grapheme', maxLength: 5 }).filter((text) => text === text.toWellFormed()),
  );
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      end: fc.constantFrom('\n', '\r\n', '\r'),
      bom: fc.constantFrom('', '\uFEFF'),
      rows: fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 20 }),
      header: fc.constant(Array.from({ length: width }, (_, index) => `column ${index}`)),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 50 }), async ({ end, bom, rows, header }, size) => {
      const csv = bom + [header, ...rows].map((row) => row.map(quoted).join(',') + end).join('');
      expect(likeVersion1(await profile(csv, size))).toEqual(profileTable({ csv }));
    }),
  );
});

test('four years of weather have the figures of version 1.0.0, and the histogram of their dates', async () => {
  const csv = readFileSync(
    new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url),
    'utf8',
  );
  const weather = await profile(csv, 4_096);
  expect(likeVersion1(weather)).toEqual(profileTable({ csv }));
  const [date] = weather.columns;
  expect(date).toMatchObject({ type: 'date', histogram: { counts: { length: 12 } } });
  if (date?.type !== 'date') throw new Error('the first column is a date');
  expect(date.histogram.edges.at(0)).toBe('2012-01-01T00:00:00Z');
  expect(date.histogram.edges.at(-1)).toBe('2015-12-31T00:00:00Z');
  expect(date.histogram.counts.reduce((sum, count) => sum + count)).toBe(1_461);
});

test('malformed CSV is reported with its line, which counts line ends inside quotes', async () => {
  expect(await failure('a,b\n1,2\n3\n')).toBe(
    'The CSV is malformed at line 3: the row has 1 field, the header has 2.',
  );
  expect(await failure('a,b\r\n"x\r\ny",2\r\n3\r\n')).toBe(
    'The CSV is malformed at line 4: the row has 1 field, the header has 2.',
  );
  expect(await failure('a,b\n1,2\n3,"4\n5,6\n')).toBe(
    'The CSV is malformed at line 3: a quote opened in this row is never closed.',
  );
  expect(await failure('a,b\n1,"2"x\n')).toBe(
    'The CSV is malformed at line 2: a closing quote in this row is followed by more text.',
  );
  expect(await failure('a,b\n1,2"\n')).toBe(
    'The CSV is malformed at line 2: a field of this row contains a quote but does not begin with one.',
  );
  expect(await failure('a,a\n')).toBe(
    'The CSV is malformed at line 1: the header has the column "a" more than once.',
  );
  expect(await failure('')).toBe('The CSV is malformed at line 1: the header is missing.');
  expect(await failure('\na\n')).toBe('The CSV is malformed at line 1: the header is missing.');
});

test('a row without an end is refused before it fills the memory', async () => {
  const endless = (async function* () {
    yield Buffer.from('a,b\n1,"');
    for (let chunk = 0; chunk < 10_000; chunk += 1) yield Buffer.alloc(65_536, 'x');
    throw new Error('the whole row was read');
  })();
  await expect(profileStream(endless, {})).rejects.toThrow(
    'The CSV is malformed at line 2: the row has more than 4 MiB; possibly a quote opened in it is never closed.',
  );
});

test('text that is not UTF-8 is refused', async () => {
  expect(await failure(Buffer.from([0x61, 0x0a, 0xff, 0x0a]))).toBe('The table is not text in UTF-8.');
  expect(await failure(Buffer.from([0x61, 0x0a, 0xe2, 0x82]))).toBe('The table is not text in UTF-8.');
});

test('an error of the source and of the caller ends the profile', async () => {
  const broken = (async function* () {
    yield Buffer.from('a\n1\n');
    throw new Error('cut');
  })();
  await expect(profileStream(broken, {})).rejects.toThrow('cut');
  const rows: number[] = [];
  await expect(
    readRows(chunksOf('a\n1\n', 2), { delimiter: ',' }, ({ line }) => {
      rows.push(line);
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
  expect(rows).toEqual([1]);
  const stop = new AbortController();
  const stopped = profileStream(chunksOf('a\n1\n2\n', 2), {
    signal: stop.signal,
    onRows: () => stop.abort(),
  });
  await expect(stopped).rejects.toThrow(/abort/i);
});
