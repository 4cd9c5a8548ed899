import { describe, expect, test } from 'vitest';
import { screenWidth, shorten, tableLines, wrap } from '../../../bin/terminal/layout.ts';

describe('text is wrapped', () => {
  test('at words, into lines of at most 80 columns with an indent', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word-${index}`);
    const lines = wrap(words.join(' '), 2);
    expect(lines.map((line) => line.length).filter((length) => length > screenWidth)).toEqual([]);
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(screenWidth - 10);
    expect(lines.join('').replaceAll(/ +/g, ' ').trim()).toBe(words.join(' '));
    for (const line of lines) expect(line).toMatch(/^ {2}\S/);
  });

  test('but never within a word, such as a path', () => {
    const path = `/${'folder/'.repeat(20)}`;
    expect(wrap(`The key is in ${path}`)).toEqual(['The key is in', path]);
  });
});

test('text is shortened with an ellipsis only if it is too wide', () => {
  expect([shorten('rain', 4), shorten('drizzle', 4)]).toEqual(['rain', 'dri…']);
});

describe('a table', () => {
  const columns = [{ heading: 'name' }, { heading: 'count', align: 'right' }, { heading: 'values' }] as const;

  test('has aligned columns without spaces at the ends of lines', () => {
    const rows = [
      ['a', '1', 'x'],
      ['longer', '1000', ''],
    ];
    expect(tableLines(columns, rows)).toEqual([
      '  name    count  values',
      '  a           1  x',
      '  longer   1000',
    ]);
  });

  test('fits 80 columns: only its widest columns are shortened', () => {
    const rows = [['weather', '5', 'rain (641), '.repeat(20)]];
    const [heading = '', line = ''] = tableLines(columns, rows);
    expect(heading).toBe('  name     count  values');
    expect(line).toHaveLength(screenWidth);
    expect(line).toMatch(/^ {2}weather {6}5 {2}rain .*…$/);
  });

  test('with many wide columns fits 80 columns too', () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ heading: `heading ${index}` }));
    const lines = tableLines(many, [many.map(() => 'x'.repeat(30))]);
    expect(lines.map((line) => line.length)).toEqual([screenWidth, screenWidth]);
  });
});
