import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { numberLabel, timeLabels } from '../../../examples/csv-profile-2/picture/axis-labels.ts';
import { numberTicks } from '../../../examples/csv-profile-2/picture/axis-ticks.ts';
import { histogramsSvg } from '../../../examples/csv-profile-2/picture/histograms-svg.ts';
import { fitText } from '../../../examples/csv-profile-2/picture/svg-text.ts';
import { profileStream } from '../../../examples/csv-profile-2/reading/profile-stream.ts';

async function picture(rows: ReadonlyArray<readonly string[]>): Promise<string> {
  const csv = rows
    .map((row) => `${row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`)
    .join('');
  return histogramsSvg(await profileStream([Buffer.from(csv)] as never, {}));
}

/** The texts that a person reads, in the order of the document. */
function texts(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>(?:<title>[^<]*<\/title>)?([^<]*)<\/text>/g)].map(
    ([, text = '']) => text,
  );
}

/** The titles of the bars, which contain their values and counts. */
function bars(svg: string): readonly string[] {
  return [...svg.matchAll(/<rect [^>]*><title>([^<]*)<\/title>/g)].map(([, title = '']) => title);
}

test('a column of numbers has a histogram with the number of rows in each bin', async () => {
  const svg = await picture([['size'], ...Array.from({ length: 13 }, (_, index) => [String(index)])]);
  expect(texts(svg).slice(0, 5)).toEqual([
    'Values of each column',
    '13 rows, 1 column',
    'size',
    'integer',
    'none missing',
  ]);
  expect(texts(svg)).toEqual(expect.arrayContaining(['rows', 'value', '0', '12']));
  expect(bars(svg)).toEqual([
    ...Array.from({ length: 11 }, (_, index) => `${index} to ${index + 1}: 1 row`),
    '11 to 12: 2 rows',
  ]);
});

test('missing values are counted, also in a column that has nothing else', async () => {
  const svg = await picture([
    ['a', 'b'],
    ['', ''],
    ['x', ''],
    ['x', ''],
  ]);
  expect(texts(svg)).toEqual(expect.arrayContaining(['1 missing (33 %)', '3 missing (100 %)', 'no values']));
  expect(bars(svg)).toEqual(['x: 2 rows']);
});

test('other values have a bar each up to seven, otherwise six and one for the rest', async () => {
  const values = (count: number) => [['v'], ...Array.from({ length: count }, (_, index) => [`v${index}`])];
  expect(bars(await picture(values(7)))).toHaveLength(7);
  const many = bars(await picture(values(9)));
  expect(many).toHaveLength(7);
  expect(many.at(-1)).toBe('3 other values: 3 rows');
});

test('dates have an axis of times in UTC', async () => {
  const rows = Array.from({ length: 48 }, (_, month) => [
    new Date(Date.UTC(2012, month)).toISOString().slice(0, 10),
  ]);
  expect(texts(await picture([['day'], ...rows]))).toEqual(
    expect.arrayContaining(['2013', '2014', '2015', 'date (UTC)']),
  );
});

test('labels of times are as long as the times need', () => {
  const at = (...times: readonly string[]) => timeLabels(times.map((time) => new Date(`${time}Z`)));
  expect(at('2012-01-01T00:00', '2013-01-01T00:00')).toEqual(['2012', '2013']);
  expect(at('2012-01-01T00:00', '2012-03-01T00:00')).toEqual(['2012-01', '2012-03']);
  expect(at('2012-01-01T00:00', '2012-01-08T00:00')).toEqual(['2012-01-01', '2012-01-08']);
  expect(at('2012-01-01T00:00', '2012-01-01T12:30')).toEqual(['01-01 00:00', '01-01 12:30']);
  expect(at('2012-01-01T00:00:00', '2012-01-01T00:00:05')).toEqual(['01-01 00:00:00', '01-01 00:00:05']);
});

test('labels of numbers are short', () => {
  const labels = [0, -0.5, 1_234, 250_000, 12_500_000, 1_000_000_000_100, 1e15, -1.7e308, 3e-9].map(
    numberLabel,
  );
  expect(labels).toEqual([
    '0',
    '−0.5',
    '1,234',
    '250,000',
    '12.5M',
    '1,000,000,000,100',
    '1e15',
    '−1.7e308',
    '3e−9',
  ]);
});

test('an axis of any finite range has ticks within it', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      (a, b, areIntegers) => {
        fc.pre(a !== b);
        const ticks = numberTicks([Math.min(a, b), Math.max(a, b)], areIntegers, {
          width: 226,
          fontSize: 11,
        });
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        for (const { at } of ticks) expect(at >= -1e-9 && at <= 1 + 1e-9).toBe(true);
      },
    ),
  );
});

test('text is shortened between characters, at its end or in its middle', () => {
  expect(fitText('short', 10, { maxWidth: 100 })).toBe('short');
  expect(fitText('a text that does not fit', 10, { maxWidth: 60 })).toBe('a text that…');
  expect(fitText('a text that differs at its end 17', 10, { maxWidth: 100, keepsEnd: true })).toMatch(
    /^a text.*….* 17$/,
  );
  expect(fitText('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 10, { maxWidth: 35 })).toBe('👩‍👩‍👧‍👦👩‍👩‍👧‍👦…');
  expect(fitText('x'.repeat(10_000_000), 10, { maxWidth: 60 })).toMatch(/^x{8,9}…$/);
});

test('any names and values result in a picture that a renderer can read', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed()),
    fc.constantFrom(
      ']]>',
      '&amp;',
      '<script>alert(1)</script>',
      '\u0000',
      '\uFFFF',
      '\u202Eabc',
      'e\u0301'.repeat(60),
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  const table = fc.integer({ min: 1, max: 3 }).chain((width) =>
    fc.record({
      header: fc.uniqueArray(text, { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(text, { minLength: width, maxLength: width }), { maxLength: 12 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, async ({ header, rows }) => {
      const svg = await picture([header.map((each) => each.replace(/^\uFEFF/, '')), ...rows]);
      expect(svg).not.toMatch(/NaN|Infinity|<script/);
      await expect(sharp(Buffer.from(svg)).metadata()).resolves.toMatchObject({
        format: 'svg',
        width: 1_000,
      });
    }),
    { numRuns: 50 },
  );
});

test('a table of very many columns has a picture of the first 150', async () => {
  const header = Array.from({ length: 152 }, (_, index) => `c${index}`);
  const svg = await picture([header, header.map(() => '1')]);
  expect(texts(svg)).toContain('c149');
  expect(texts(svg)).not.toContain('c150');
  expect(texts(svg).at(-1)).toBe('2 more columns are not shown.');
});
