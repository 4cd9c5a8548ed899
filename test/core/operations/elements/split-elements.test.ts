import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitElements } from '../../../../core/operations/elements/split-elements.ts';
import type { ElementFormat } from '../../../../core/operations/model/operation.ts';

interface List {
  readonly format: ElementFormat;
  readonly values: readonly unknown[];
  readonly bytes: Buffer;
}

const white = fc.stringMatching(/^[ \t\r]{0,3}$/);

const lists: fc.Arbitrary<List> = fc
  .record({
    format: fc.constantFrom<ElementFormat>('lines', 'array'),
    items: fc.array(fc.tuple(fc.jsonValue(), white, white), { maxLength: 12 }),
    hasMark: fc.boolean(),
    hasEnd: fc.boolean(),
  })
  .map(({ format, items, hasMark, hasEnd }) => {
    const texts = items.map(([value, before, after]) => before + JSON.stringify(value) + after);
    const text =
      format === 'array' ? ` [\n${texts.join(',\n')} ] ` : texts.join('\n\n \n') + (hasEnd ? '\r\n' : '');
    const bytes = Buffer.from((hasMark && items.length > 0 ? '\ufeff' : '') + text);
    return { format, values: items.map(([value]) => JSON.parse(JSON.stringify(value))), bytes };
  });

/** The values and the ends of the elements from a position, if the bytes arrive in pieces of this size. */
function elementsOf({ format, bytes }: List, pieceBytes: number, position = 0) {
  const splitter = splitElements(format, position);
  const ranges = [];
  for (let start = position; start < bytes.length; start += pieceBytes)
    ranges.push(...splitter.push(bytes.subarray(start, start + pieceBytes)));
  ranges.push(...splitter.finish());
  const decoder = new TextDecoder();
  const values = ranges.map(({ start, end }) => JSON.parse(decoder.decode(bytes.subarray(start, end))));
  return { values, ends: ranges.map(({ end }) => end) };
}

describe('the elements of a list', () => {
  test('are found whole, however the bytes are divided and from wherever the search continues', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 40 }), (list, pieceBytes) => {
        const { values, ends } = elementsOf(list, pieceBytes);
        expect(values).toEqual(list.values);
        for (const [index, end] of ends.entries())
          expect(elementsOf(list, pieceBytes, end).values).toEqual(list.values.slice(index + 1));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['is not a JSON array', ''],
    ['is not a JSON array', '{"a":1}'],
    ['ends before the JSON array ends', '['],
    ['ends before the JSON array ends', '[{"a":"]"'],
    ['ends before the JSON array ends', '[1,2'],
    ['has an unexpected byte at position 1: expected an element', '[,]'],
    ['has an unexpected byte at position 3: expected an element', '[1,]'],
    ['has an unexpected byte at position 4: expected a comma or the end of the array', '[{} {}]'],
    ['has an unexpected byte at position 2: expected a comma or the end of the array', '[1}'],
    ['has an unexpected byte at position 3: expected the end of the content', '[] 1'],
  ])('are rejected if the content %s: %s', (message, text) => {
    const list: List = { format: 'array', values: [], bytes: Buffer.from(text) };
    expect(() => elementsOf(list, 2)).toThrow(message);
  });

  test('include lines that are no JSON, for their refusal', () => {
    const bytes = Buffer.from('{"name":"a"}\nnot JSON\n\n{"name":');
    const ranges = [...splitElements('lines', 0).push(bytes)];
    expect(ranges.map(({ start, end }) => bytes.subarray(start, end).toString())).toEqual([
      '{"name":"a"}',
      'not JSON',
    ]);
  });
});
