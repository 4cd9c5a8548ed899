import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { profileTables } from '../../bin/demo/print-profile.ts';
import { screenWidth } from '../../bin/terminal/layout.ts';
import { profileTable } from '../../examples/csv-profile/profile-table.ts';

const weather = new URL('../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url);

test('the profile of the demo fits 80 columns, with a table of its numbers and one of its other columns', () => {
  const { columns } = profileTable({ csv: readFileSync(weather, 'utf8') });
  const [numbers = [], others = []] = profileTables(columns);
  for (const line of [...numbers, ...others]) expect(line.length).toBeLessThanOrEqual(screenWidth);
  expect(numbers.map((line) => line.trim().split(/ +/)[0])).toEqual([
    'numbers',
    'precipitation',
    'temp_max',
    'temp_min',
    'wind',
  ]);
  expect(others[1]).toMatch(/^ {2}date +date +0 +1461 {2}2012-01-01 to 2015-12-31$/);
  expect(others[2]).toMatch(/^ {2}weather +text +0 +5 {2}(rain|sun|fog) \(\d+\), /);
});

test('a profile with extreme names and numbers fits 80 columns', () => {
  const name = 'a name of a column that is longer than a line of a terminal'.repeat(2);
  const extreme = -1.7976931348623157e308;
  const numeric = {
    name,
    type: 'number',
    missing: 1_000_000,
    distinct: 1_000_000,
    min: extreme,
    max: extreme,
    mean: extreme,
    standardDeviation: extreme,
    quartiles: [extreme, extreme, extreme],
    histogram: { counts: [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] },
  };
  const text = { name, type: 'text', missing: 0, distinct: 1, commonest: [{ value: name, count: 3 }] };
  for (const line of profileTables([numeric, text]).flat())
    expect(line.length).toBeLessThanOrEqual(screenWidth);
});

test('the histogram draws each count by its height, and only zero as the lowest', () => {
  const column = {
    name: 'n',
    type: 'number',
    missing: 0,
    distinct: 3,
    histogram: { counts: [0, 1, 50, 100] },
  };
  expect(profileTables([column])).toEqual([
    [expect.stringContaining('histogram'), expect.stringMatching(/ ▁▂▅█$/)],
  ]);
});
