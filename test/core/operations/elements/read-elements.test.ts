import { describe, expect, test } from 'vitest';
import { maxElementBytes, readElements } from '../../../../core/operations/elements/read-elements.ts';
import type { ElementFormat } from '../../../../core/operations/model/operation.ts';
import type { ByteRange } from '../../../../core/ports/operations/content-reader.ts';

function storeOf(text: string) {
  const bytes = Buffer.from(text);
  const reads: ByteRange[] = [];
  const read = async (key: string, range: ByteRange) => {
    reads.push(range);
    return key === 'key' ? bytes.subarray(range.start, range.end) : undefined;
  };
  const query = (format: ElementFormat, position: number, index: number) => ({
    key: 'key',
    source: { format, sizeBytes: bytes.length },
    position,
    index,
    count: 50,
    expectedBytes: 0,
  });
  return { contentReader: { read }, reads, query };
}

const textsOf = (elements: Awaited<ReturnType<typeof readElements>>) =>
  elements?.map(({ index, bytes }) => [index, bytes && Buffer.from(bytes).toString()]);

describe('readElements', () => {
  test.each<[ElementFormat, string]>([
    ['lines', Array.from({ length: 120 }, (_, index) => `{"name":"é${index}"}`).join('\n')],
    ['array', JSON.stringify(Array.from({ length: 120 }, (_, index) => ({ name: `é${index}` })))],
  ])('reads %s in parts, each from the end of the previous one', async (format, text) => {
    const { contentReader, query } = storeOf(text);
    const names: string[] = [];
    for (let position = 0; ; ) {
      const elements = await readElements({ contentReader }, query(format, position, names.length));
      if (elements === undefined || elements.length === 0) break;
      expect(elements.length).toBe(Math.min(50, 120 - names.length));
      expect(elements[0]?.index).toBe(names.length);
      names.push(...elements.map(({ bytes = [] }) => JSON.parse(Buffer.from(bytes).toString()).name));
      position = elements.at(-1)?.end ?? position;
    }
    expect(names).toEqual(Array.from({ length: 120 }, (_, index) => `é${index}`));
  });

  test('reads at most as much as the elements need', async () => {
    const { contentReader, reads, query } = storeOf('{}\n'.repeat(1_000_000));
    await readElements({ contentReader }, query('lines', 3000, 1000));
    expect(reads).toEqual([{ start: 3000, end: 3000 + 16_384 }]);
  });

  test('returns an element that is too large without its bytes, and those after it', async () => {
    const large = `"${'x'.repeat(6 * maxElementBytes)}"`;
    const { contentReader, query } = storeOf(`[1,${large},{"name":"after"}]`);
    const first = await readElements({ contentReader }, { ...query('array', 0, 0), expectedBytes: 2 ** 20 });
    expect(textsOf(first)).toEqual([[0, '1']]);
    const position = first?.at(-1)?.end ?? 0;
    const second = await readElements(
      { contentReader },
      { ...query('array', position, 1), expectedBytes: 2 ** 20 },
    );
    expect(textsOf(second)).toEqual([[1, undefined]]);
    const third = await readElements({ contentReader }, query('array', second?.at(-1)?.end ?? 0, 2));
    expect(textsOf(third)).toEqual([[2, '{"name":"after"}']]);
  });

  test('returns fewer elements if they are large together', async () => {
    const element = JSON.stringify('x'.repeat(700_000));
    const { contentReader, query } = storeOf(Array.from({ length: 20 }, () => element).join('\n'));
    const elements = await readElements(
      { contentReader },
      { ...query('lines', 0, 0), expectedBytes: 2 ** 20 },
    );
    expect(elements?.length).toBeGreaterThan(4);
    expect(elements?.length).toBeLessThan(10);
  });

  test('returns undefined if there is no content', async () => {
    const { contentReader, query } = storeOf('{}');
    expect(await readElements({ contentReader }, { ...query('lines', 0, 0), key: 'other' })).toBeUndefined();
  });
});
