import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { summaryTables } from '../../../bin/demo/print-summary.ts';
import { screenWidth } from '../../../bin/terminal/layout.ts';
import { profileStream } from '../../../examples/csv-profile-2/reading/profile-stream.ts';
import { summarize } from '../../../examples/csv-profile-2/summarize.ts';

const weather = new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);

test('the summary of the demo fits 80 columns, with a table of its numbers and one of its other columns', async () => {
  const content = new Blob([readFileSync(weather)]).stream();
  const { columns } = summarize(await profileStream(content, {}));
  const [numbers = [], others = []] = summaryTables(columns);
  for (const line of [...numbers, ...others]) expect(line.length).toBeLessThanOrEqual(screenWidth);
  expect(numbers.map((line) => line.trim().split(/ +/)[0])).toEqual([
    'numbers',
    'precipitation',
    'temp_max',
    'temp_min',
    'wind',
  ]);
  expect(others[1]).toMatch(/^ {2}date +date +0 +1461 {2}2012-01-01 to 2015-12-31$/);
  expect(others[2]).toMatch(/^ {2}weather +text +0 +5 {2}mostly rain$/);
});

test('a summary with extreme names and numbers fits 80 columns', () => {
  const name = 'a name of a column that is longer than a line of a terminal'.repeat(2);
  const extreme = -1.7976931348623157e308;
  const figures = { min: extreme, max: extreme, mean: extreme, median: extreme };
  const numeric = { name, type: 'number', missing: 1_000_000, distinct: 1_000_000, ...figures };
  const text = { name, type: 'text', missing: 0, distinct: 1, commonest: name };
  for (const line of summaryTables([numeric, text]).flat())
    expect(line.length).toBeLessThanOrEqual(screenWidth);
});
