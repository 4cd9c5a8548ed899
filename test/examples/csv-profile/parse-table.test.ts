import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTable } from '../../../examples/csv-profile/parse-table.ts';

describe('parseTable', () => {
  test.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['mixed line ends', 'a,b\r\n1,2\n3,4'],
    ['a byte order mark', '\uFEFFa,b\n1,2\n3,4'],
    ['a byte order mark before a quote', '\uFEFF"a",b\n1,2\n3,4'],
    ['empty lines', 'a,b\n\n1,2\n\n3,4\n\n'],
    ['quoted fields', '"a","b"\n"1","2"\n"3","4"'],
  ])('reads a table with %s', (_, csv) => {
    const columns = [
      ['1', '3'],
      ['2', '4'],
    ];
    expect(parseTable(csv, ',')).toEqual({ header: ['a', 'b'], columns, rows: 2 });
  });

  test('keeps delimiters, quotes and line ends inside quotes', () => {
    const { columns } = parseTable('a,b\n"1,5","say ""hi"""\n"x\r\ny",\n', ',');
    expect(columns).toEqual([
      ['1,5', 'x\r\ny'],
      ['say "hi"', ''],
    ]);
  });

  test('reads an empty line as a missing value in a table of one column', () => {
    expect(parseTable('a\n1\n\n2\n', ',')).toEqual({ header: ['a'], columns: [['1', '', '2']], rows: 3 });
  });

  test('reads an empty quoted field as a row of one field, and not as an empty line', () => {
    expect(parseTable('a\n""\n\n', ',')).toEqual({ header: ['a'], columns: [['', '']], rows: 2 });
    expect(parseTable('""\nx\n', ',')).toEqual({ header: [''], columns: [['x']], rows: 1 });
  });

  test('accepts one column without a name, as data frames write it', () => {
    expect(parseTable(',a\n0,x\n', ',').header).toEqual(['', 'a']);
  });

  test('returns any table that was written by the rules', () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r', '\r\n', ' ', ';'),
    });
    const rows = fc.array(fc.tuple(field, field, field), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), (body, lineEnd) => {
        const quoted = body.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
        const table = parseTable(['x,y,z', ...quoted].join(lineEnd), ',');
        const columns = [0, 1, 2].map((index) => body.map((row) => row[index]));
        expect(table).toEqual({ header: ['x', 'y', 'z'], columns, rows: body.length });
      }),
    );
  });

  test.each([
    ['no text', '', 1, 'the header is missing'],
    ['a byte order mark only', '\uFEFF', 1, 'the header is missing'],
    ['an empty first line', '\n1,2\n', 1, 'the header is missing'],
    ['a name twice', 'a,b,a\n1,2,3', 1, 'the header names the column "a" more than once'],
    ['two columns without a name', ',,a\n1,2,3', 1, 'the header names the column "" more than once'],
    ['a short row', 'a,b\n1,2\n3\n', 3, 'the row has 1 field, the header has 2'],
    ['a long row', 'a,b\n1,2,3\n', 2, 'the row has 3 fields, the header has 2'],
    ['a short row after empty lines', 'a,b\n\n\n1,2\n\n3', 6, 'the row has 1 field, the header has 2'],
    ['a short row after quoted CRLF', 'a,b\r\n1,"x\r\n\r\ny"\r\n3\r\n', 5, 'the row has 1 field'],
    ['a short row after wide characters', '\uFEFFa,b\nü,😀\n3\n', 3, 'the row has 1 field'],
    [
      'an empty quoted field alone in a row',
      '\uFEFFé,b\n\n""\n1,2\n',
      3,
      'the row has 1 field, the header has 2',
    ],
    ['an empty quoted field as last row', 'a,b\r\n1,2\r\n""', 3, 'the row has 1 field, the header has 2'],
    ['an unclosed quote', 'a,b\n1,2\n3,"4\n5,6\n7,8\n', 3, 'a quote opened in this row is never closed'],
    ['an unclosed quote in the header', '"a,b\n1,2\n', 1, 'a quote opened in this row is never closed'],
    ['an unclosed quote after quoted CRLF', 'a,b\r\n1,"x\r\ny"\r\n3,"4\r\n', 4, 'a quote opened in this row'],
    [
      'a quote inside a field',
      'a,b\n1,x"y"\n',
      2,
      'a field of this row holds a quote but does not begin with one',
    ],
    [
      'text after a closing quote',
      'a,b\n1,2\n1,"x"y\n',
      3,
      'a closing quote in this row is followed by more text',
    ],
  ])('refuses %s, with the line', (_, csv, line, fault) => {
    expect(() => parseTable(csv, ',')).toThrow(
      expect.objectContaining({
        name: 'ServiceFailure',
        message: expect.stringContaining(`The CSV is malformed at line ${line}: ${fault}`),
        type: 'malformed-csv',
        retryable: false,
      }),
    );
  });
});
