import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** The content of an output: a text (stored as UTF-8), bytes, or chunks of either, such as a web stream or a Node.js stream. */
export type OutputSource =
  | string
  | Uint8Array
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

/** Chunks of content. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Content whose size is known, and which can be read again from the beginning after a lost connection. */
export interface KnownContent {
  readonly sizeBytes: number;
  open(): Chunks;
}

/** Content of unknown size, which can be read only once. */
export interface StreamedContent {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes the source if it was not read to its end. Does not wait for it. */
  close(): void;
}

/** The longest part of a source that is collected in the hope that its end, and thus its size, is found. */
const collectedBytes = 8_388_608;

/** How much a connection gets at a time. A larger chunk would be copied whole before it is encrypted. */
const sliceBytes = 262_144;

/** Determines whether a source is of known size. Rejects with the error of the source, or the signal's reason. */
export async function openSource(
  source: OutputSource,
  signal: AbortSignal,
): Promise<KnownContent | StreamedContent> {
  if (typeof source === 'string') return bytesContent(Buffer.from(source));
  if (source instanceof Uint8Array) return bytesContent(source);
  const chunks = chunksOf(source, signal);
  const start = Buffer.allocUnsafeSlow(collectedBytes);
  let length = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return bytesContent(start.subarray(0, length));
    const chunk = next.value;
    if (length + chunk.byteLength > collectedBytes)
      return streamed([start.subarray(0, length), chunk], chunks);
    start.set(chunk, length);
    length += chunk.byteLength;
  }
}

/** Opens a file. A special file, such as a pipe, has no known size. */
export async function openFile(path: string, signal: AbortSignal): Promise<KnownContent | StreamedContent> {
  const status = await stat(path);
  const open = () => createReadStream(path, { highWaterMark: sliceBytes });
  if (!status.isFile()) return openSource(open(), signal);
  return { sizeBytes: status.size, open: () => ofSize(chunksOf(open(), signal), status.size, path) };
}

/** Content in memory, in slices. */
export function bytesContent(bytes: Uint8Array): KnownContent {
  return { sizeBytes: bytes.byteLength, open: () => slicesOf(bytes) };
}

function* slicesOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let start = 0; start < bytes.byteLength; start += sliceBytes)
    yield bytes.subarray(start, start + sliceBytes);
}

function streamed(first: Uint8Array[], rest: AsyncGenerator<Uint8Array, void>): StreamedContent {
  async function* joined() {
    yield* first;
    // Frees the memory of the collected start.
    first.length = 0;
    yield* rest;
  }
  return { chunks: joined(), close: () => void rest.return() };
}

/** Throws if a file that is written meanwhile has another size than before. */
async function* ofSize(chunks: AsyncIterable<Uint8Array>, sizeBytes: number, path: string) {
  let length = 0;
  const changed = () => new Error(`The size of the file ${path} changed while it was read.`);
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > sizeBytes) throw changed();
    yield chunk;
  }
  if (length < sizeBytes) throw changed();
}

/** Yields the chunks of a source as bytes, and closes it if it is not read to its end. Ends when the signal is aborted, even if the source is stuck. */
async function* chunksOf(
  source: Exclude<OutputSource, string | Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isOpen = true;
  try {
    for (;;) {
      const next = await nextUnlessAborted(iterator, signal);
      if (next.done === true) {
        isOpen = false;
        return;
      }
      yield toBytes(next.value);
    }
  } finally {
    if (isOpen) close(source, iterator);
  }
}

type ChunkIterator = AsyncIterator<Uint8Array | string> | Iterator<Uint8Array | string>;

async function nextUnlessAborted(iterator: ChunkIterator, signal: AbortSignal) {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
  });
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([iterator.next(), stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Does not wait: a source that is stuck would not confirm it. Only `destroy` ends a stuck stream of Node.js. */
function close(source: object, iterator: ChunkIterator): void {
  if (source instanceof Readable) source.destroy();
  Promise.resolve(iterator.return?.()).catch(() => undefined);
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new TypeError(`The source of an output must yield Uint8Array or string, not ${typeof chunk}.`);
}
