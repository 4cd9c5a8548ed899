import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handler } from '../../../examples/csv-profile/handler.ts';
import { differences } from '../../support/compare-profiles.ts';
import { readManifest, schemaErrors } from '../../support/manifest-schema.ts';
import { failureOf, invoke } from '../invoke.ts';

const manifest = readManifest('csv-profile');
const weather = readFileSync(
  new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url),
  'utf8',
);

describe('csv-profile', () => {
  test('describes a small table as counted by hand', async () => {
    const csv =
      'id,size,ok,day,word\n1,0.5,true,2012-01-02,b\n2,,FALSE,2012-01-01T23:00,a\n4,1.5,,,b\n5,1,true,,\n';
    const even = { distinct: 4, count: 4, missing: 0 };
    expect(await invoke(handler, { csv })).toMatchObject({
      rows: 4,
      columns: [
        { name: 'id', type: 'integer', ...even, min: 1, max: 5, mean: 3, quartiles: [1.75, 3, 4.25] },
        { name: 'size', type: 'number', count: 3, missing: 1, min: 0.5, max: 1.5, standardDeviation: 0.5 },
        {
          name: 'ok',
          type: 'boolean',
          count: 3,
          missing: 1,
          distinct: 2,
          commonest: [
            { value: 'true', count: 2 },
            { value: 'FALSE', count: 1 },
          ],
        },
        { name: 'day', type: 'date', count: 2, missing: 2, min: '2012-01-01T23:00', max: '2012-01-02' },
        {
          name: 'word',
          type: 'text',
          commonest: [
            { value: 'b', count: 2 },
            { value: 'a', count: 1 },
          ],
        },
      ],
    });
  });

  // The expected figures were created from the same file by
  // python3 test/oracle/csv-profile.py node_modules/vega-datasets/data/seattle-weather.csv
  test('agrees with the figures of Python for four years of weather', async () => {
    const expected: unknown = JSON.parse(
      readFileSync(new URL('seattle-weather.expected.json', import.meta.url), 'utf8'),
    );
    const actual = await invoke(handler, { csv: weather });
    expect(actual).toMatchObject({ rows: 1461, columns: { length: 6 } });
    expect(differences(actual, expected)).toEqual([]);
  });

  test('selects and orders columns', async () => {
    expect(await invoke(handler, { csv: weather, columns: ['wind', 'date'] })).toMatchObject({
      columns: [
        { name: 'wind', type: 'number' },
        { name: 'date', type: 'date' },
      ],
    });
  });

  test('fails with every unknown column and the existing ones', async () => {
    expect(await failureOf(handler, { csv: 'a,"b c"\n1,2', columns: ['x', 'a', 'y'] })).toEqual({
      message: 'The CSV has no column "x", "y". It has these columns: "a", "b c".',
      type: 'unknown-column',
      retryable: false,
    });
  });

  test('fails with the line of a malformed row, and does not request another attempt', async () => {
    expect(await failureOf(handler, { csv: 'a,b\n1,2\n3\n' })).toEqual({
      message: 'The CSV is malformed at line 3: the row has 1 field, the header has 2.',
      type: 'malformed-csv',
      retryable: false,
    });
  });

  test('splits at the given delimiter', async () => {
    for (const delimiter of [';', '\t', '|', ' ', '😀']) {
      const csv = `a${delimiter}b\n1,5${delimiter}2\n`;
      expect(await invoke(handler, { csv, delimiter })).toMatchObject({
        columns: [
          { name: 'a', type: 'text' },
          { name: 'b', type: 'integer' },
        ],
      });
    }
  });

  test('describes a table of a header only', async () => {
    const none = { type: 'text', count: 0, missing: 0, distinct: 0, commonest: [] };
    expect(await invoke(handler, { csv: 'a,b\n' })).toEqual({
      rows: 0,
      columns: [
        { name: 'a', ...none },
        { name: 'b', ...none },
      ],
    });
  });

  test('returns a result that matches the schema of its manifest, whatever the table', async () => {
    const field = fc.oneof(
      fc.constantFrom('', 'true', '007', '1e309', 'NaN', '-0', '2012-01-01', '9007199254740993'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.integer().map(String),
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/["\r\n]/g, '')),
    );
    const columns = fc.oneof(
      fc.array(field, { minLength: 1, maxLength: 30 }),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), {
        minLength: 1,
        maxLength: 30,
      }),
    );
    await fc.assert(
      fc.asyncProperty(columns, async (fields) => {
        const csv = `column,row\n${fields.map((value, row) => `"${value}",${row}\n`).join('')}`;
        const result = await invoke(handler, { csv });
        expect(schemaErrors(manifest.result, result)).toEqual([]);
        expect(result).toMatchObject({ rows: fields.length });
      }),
    );
  });

  test('has a result schema that refuses values that the service never returns', async () => {
    const { columns } = (await invoke(handler, { csv: 'a\n1\n2\n' })) as { columns: [object] };
    const [column] = columns;
    expect(schemaErrors(manifest.result, { rows: 2, columns: [column] })).toEqual([]);
    for (const wrong of [
      { mean: null },
      { commonest: [] },
      { type: 'text' },
      { surprise: 1 },
      { missing: -1 },
    ]) {
      expect(schemaErrors(manifest.result, { rows: 2, columns: [{ ...column, ...wrong }] })).not.toEqual([]);
    }
  });

  test('has a parameters schema that refuses unknown members and delimiters that cannot work', () => {
    const csv = 'a\n1';
    for (const valid of [
      { csv },
      { csv, delimiter: ';' },
      { csv, delimiter: '😀' },
      { csv, columns: ['a'] },
    ]) {
      expect(schemaErrors(manifest.parameters, valid)).toEqual([]);
    }
    const invalid = [
      {},
      { csv: 1 },
      { csv, delimiter: '' },
      { csv, delimiter: ';;' },
      { csv, delimiter: '"' },
      { csv, delimiter: '\n' },
      { csv, columns: [] },
      { csv, columns: ['a', 'a'] },
      { csv, columns: 'a' },
      { csv, separator: ';' },
    ];
    for (const parameters of invalid) expect(schemaErrors(manifest.parameters, parameters)).not.toEqual([]);
  });
});
