import { expect, test } from 'vitest';
import { decodeBody } from '../../s3/integrity/chunked-body.ts';

const testHeaders = {
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-trailer': 'x-amz-checksum-crc32',
};
const testBody =
  'a;chunk-signature=00\r\n0123456789\r\n3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';

async function decoded(body: string, pieceBytes: number, headers: Record<string, string> = testHeaders) {
  async function* pieces() {
    for (let at = 0; at < body.length; at += pieceBytes) yield Buffer.from(body.slice(at, at + pieceBytes));
  }
  const { chunks, trailers } = decodeBody(pieces(), headers);
  const received: Uint8Array[] = [];
  for await (const chunk of chunks) received.push(Buffer.from(chunk));
  return { text: Buffer.concat(received).toString(), trailers };
}

test.each([1, 2, 3, 7, 20, 1000])(
  'a body that arrives in pieces of %i bytes is decoded',
  async (pieceBytes) => {
    expect(await decoded(testBody, pieceBytes)).toEqual({
      text: '0123456789abc',
      trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
    });
  },
);

test('a body without framing is passed on unchanged', async () => {
  expect((await decoded(testBody, 5, {})).text).toBe(testBody);
});

test.each([
  ['without its last chunk', '3\r\nabc\r\n', 'IncompleteBody'],
  ['that ends within a chunk', '5\r\nabc', 'IncompleteBody'],
  ['with a chunk that is longer than its size', '2\r\nabc\r\n0\r\n\r\n', 'IncompleteBody'],
  ['with a size that is not a number', 'x\r\nabc\r\n0\r\n\r\n', 'IncompleteBody'],
  ['with an endless line', 'a'.repeat(3000), 'IncompleteBody'],
  ['with a trailer that was not announced', '0\r\nx-amz-checksum-sha1:x\r\n\r\n', 'MalformedTrailerError'],
  [
    'with endless trailers',
    `0\r\n${'x-amz-checksum-crc32:AAAAAA==\r\n'.repeat(500)}`,
    'MalformedTrailerError',
  ],
])('a body %s is refused', async (_name, body, code) => {
  await expect(decoded(body, 7)).rejects.toMatchObject({ code });
});
