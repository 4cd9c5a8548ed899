import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { ServiceFailure } from '../attempt/service-failure.ts';
import { readContent, type StoredContent } from './read-content.ts';

/**
 * A data object in an input slot of the job. Every read starts at the beginning, continues after a lost
 * connection, and checks the size of the content. A read throws a `ServiceFailure` of type `input-unavailable`
 * if the content cannot be read, and the signal's reason when the attempt is stopped.
 */
export interface DataInput {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /**
   * Resolves with the content as a web stream, which is also async iterable, once its first bytes have arrived.
   * It may be larger than the memory.
   */
  stream(): Promise<ReadableStream<Uint8Array>>;
  /** Reads the whole content into memory. */
  bytes(): Promise<Uint8Array>;
  /** Reads the whole content as UTF-8; replaces invalid bytes with U+FFFD. */
  text(): Promise<string>;
  /** Reads the whole content as JSON; throws a `ServiceFailure` of type `invalid-input` if it is none. */
  json(): Promise<unknown>;
  /** Streams the content to a file, and replaces the file if it exists. Deletes the file after an error. */
  saveTo(path: string): Promise<void>;
}

/** The description of a data object in an input slot. */
export type InputDescription = Pick<DataInput, 'id' | 'name' | 'mediaType' | 'sizeBytes'>;

/** Creates an input; its content is not requested before it is read. */
export function dataInput(description: InputDescription, content: StoredContent): DataInput {
  const bytes = () => readBytes(content);
  const text = async () => new TextDecoder().decode(await bytes());
  return {
    ...description,
    stream: () => streamOf(content),
    bytes,
    text,
    json: async () => parse(await text(), content.label),
    async saveTo(path) {
      content.signal.throwIfAborted();
      const file = createWriteStream(path);
      try {
        await pipeline(readContent(content), file);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
  };
}

async function readBytes(content: StoredContent): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(content.sizeBytes);
  let length = 0;
  for await (const chunk of readContent(content)) {
    bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  return bytes;
}

/** Reads ahead only one chunk. To cancel the stream closes the connection, even while nothing arrives. */
async function streamOf(content: StoredContent): Promise<ReadableStream<Uint8Array>> {
  const cancelled = new AbortController();
  const signal = AbortSignal.any([content.signal, cancelled.signal]);
  const chunks = readContent({ ...content, signal });
  let ahead: Promise<IteratorResult<Uint8Array, void>> | undefined = Promise.resolve(await chunks.next());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await (ahead ?? chunks.next());
        ahead = undefined;
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: () => cancelled.abort(),
    },
    { highWaterMark: 0 },
  );
}

function parse(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of the parser would show a part of the content.
    throw new ServiceFailure(`${label} is not JSON.`, { type: 'invalid-input' });
  }
}
