import { incompleteBody } from '../../gateway/body-stream.ts';
import { malformedTrailer } from './stated-checksum.ts';

type Headers = Readonly<Record<string, string>>;

/** A request body without AWS's chunk framing. */
export interface DecodedBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Trailers that followed the body, by lower-case name. They are complete once all chunks were read. */
  readonly trailers: Headers;
}

/** Limits of what is kept in memory: the line with a chunk's size and signature, and all trailers. */
const maxLineBytes = 1024;
const maxTrailerBytes = 8 * 1024;

/**
 * Decodes the `aws-chunked` framing of streaming uploads as it arrives; other bodies are passed on unchanged. Reading
 * throws `AwsError` `IncompleteBody` if the framing is wrong, and `MalformedTrailerError` if the trailers are not those
 * that the request announces. Signatures of chunks are not verified.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeBody(body: AsyncIterable<Uint8Array>, headers: Headers): DecodedBody {
  if (!isChunked(headers)) return { chunks: body, trailers: {} };
  const trailers: Record<string, string> = {};
  return {
    chunks: withoutFraming(body, (text) => Object.assign(trailers, parseTrailers(text, headers))),
    trailers,
  };
}

/** Reports whether the body has AWS's chunk framing. */
export function isChunked(headers: Headers): boolean {
  return headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
}

/** The state of decoding. */
interface Framing {
  /** Bytes that arrived and were not decoded yet. */
  pending: Buffer;
  /** Bytes of the current chunk that were not decoded yet; undefined before the line with its size. */
  rest: number | undefined;
  /** Whether the empty last chunk arrived: what follows are trailers. */
  isLast: boolean;
}

async function* withoutFraming(
  body: AsyncIterable<Uint8Array>,
  onTrailers: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  const framing: Framing = { pending: Buffer.alloc(0), rest: undefined, isLast: false };
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    framing.pending = framing.pending.length === 0 ? bytes : Buffer.concat([framing.pending, bytes]);
    yield* arrivedBytes(framing);
    if (framing.isLast && framing.pending.length > maxTrailerBytes) throw malformedTrailer();
  }
  if (!framing.isLast) throw incompleteBody();
  onTrailers(framing.pending.toString('latin1'));
}

/** Returns the bytes of chunks that have arrived, and keeps a line that has not arrived completely. */
function* arrivedBytes(framing: Framing): Generator<Uint8Array> {
  while (!framing.isLast) {
    if (framing.rest === undefined) {
      const line = takeLine(framing);
      if (line === undefined) return;
      framing.rest = chunkSize(line);
      framing.isLast = framing.rest === 0;
    } else if (framing.rest > 0) {
      const bytes = framing.pending.subarray(0, framing.rest);
      if (bytes.length === 0) return;
      framing.pending = framing.pending.subarray(bytes.length);
      framing.rest -= bytes.length;
      yield bytes;
    } else {
      const lineEnd = takeLine(framing);
      if (lineEnd === undefined) return;
      if (lineEnd !== '') throw incompleteBody();
      framing.rest = undefined;
    }
  }
}

function takeLine(framing: Framing): string | undefined {
  const end = framing.pending.indexOf('\r\n');
  if (end > maxLineBytes || (end < 0 && framing.pending.length > maxLineBytes)) throw incompleteBody();
  if (end < 0) return undefined;
  const line = framing.pending.toString('latin1', 0, end);
  framing.pending = framing.pending.subarray(end + 2);
  return line;
}

/** The size is followed by the chunk's signature, if it has one. */
function chunkSize(line: string): number {
  const digits = /^([0-9a-f]{1,12})(?:;.*)?$/i.exec(line)?.[1];
  if (digits === undefined) throw incompleteBody();
  return Number.parseInt(digits, 16);
}

function parseTrailers(text: string, headers: Headers): Headers {
  const announced = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const lines = text.split('\r\n').filter((line) => line !== '');
  const pairs = lines.map((line) => {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(line) ?? [];
    return [name.trim().toLowerCase(), value.trim()] as const;
  });
  const isAnnounced = (name: string) => announced.includes(name) || name === 'x-amz-trailer-signature';
  if (!pairs.every(([name]) => isAnnounced(name))) throw malformedTrailer();
  return Object.fromEntries(pairs);
}
