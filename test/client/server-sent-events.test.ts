import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessages } from '../../client/api/server-sent-events.ts';

const messagesOf = (chunks: readonly Uint8Array[]) =>
  Array.fromAsync(
    readMessages(
      (async function* () {
        yield* chunks;
      })(),
    ),
  );

const stream = [
  '\uFEFF: comment\n\n',
  'event: a\r\nid: 1\r\ndata: ü€😀\r\n\r\n',
  'retry: 1000\r\r',
  'data:first\ndata: second\n\n',
  'data: cut off\n',
].join('');
const expected = [{ event: 'a', id: '1', data: 'ü€😀' }, { retry: '1000' }, { data: 'first\nsecond' }];

test('a stream has the same messages however its bytes are split', async () => {
  const bytes = new TextEncoder().encode(stream);
  const splits = fc
    .array(fc.nat(bytes.length), { maxLength: 12 })
    .map((cuts) => [0, ...cuts.sort((a, b) => a - b), bytes.length]);
  await fc.assert(
    fc.asyncProperty(splits, async (cuts) => {
      const chunks = cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end));
      expect(await messagesOf(chunks)).toEqual(expected);
    }),
  );
});
