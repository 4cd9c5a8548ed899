import type { IncomingMessage } from 'node:http';
import { longPauses } from '../attempt/call-worker.ts';
import { sleep } from '../attempt/sleep.ts';
import { inputUnavailable } from './data-failure.ts';
import {
  type FailedTry,
  failedConnection,
  failedTry,
  idleError,
  idleSeconds,
  sendPresigned,
} from './presigned-request.ts';

/** The content of a data object, and where to read it. */
export interface StoredContent {
  /** Names the object in errors. */
  readonly label: string;
  readonly sizeBytes: number;
  /** Returns a URL to download the content; another one than `rejected`. */
  url(rejected?: string): Promise<string>;
  readonly signal: AbortSignal;
  /** Milliseconds between tries in which nothing was received. */
  readonly pauses?: readonly number[];
}

/** How much was read; `etag` identifies the content from the first response on. */
interface Position {
  bytes: number;
  etag?: string | undefined;
}

/**
 * Yields the content in order. After a cut connection, it continues with a range request at the first missing
 * byte; `If-Match` excludes that the rest is of other content. An expired URL is replaced. Throws a
 * `ServiceFailure` of type `input-unavailable` if the content cannot be read or has another size, and the
 * signal's reason when it is aborted.
 */
export async function* readContent(content: StoredContent): AsyncGenerator<Uint8Array, void> {
  const { label, sizeBytes, signal, pauses = longPauses } = content;
  const position: Position = { bytes: 0 };
  let failures = 0;
  let rejected: string | undefined;
  signal.throwIfAborted();
  while (position.bytes < sizeBytes) {
    const start = position.bytes;
    const url = await content.url(rejected);
    const end = yield* readResponse(content, url, position);
    signal.throwIfAborted();
    if (position.bytes > start) [failures, rejected] = [0, undefined];
    if (position.bytes === sizeBytes) return;
    const pause = pauses[failures];
    if (end.kind === 'failed' || pause === undefined || (end.kind === 'rejected' && rejected !== undefined))
      throw inputUnavailable(label, `${describe(position)}, ${end.reason}`, end.kind !== 'failed');
    if (end.kind === 'rejected') rejected = url;
    else await sleep(pause * (1 + Math.random() / 2), signal);
    failures += 1;
  }
}

function describe({ bytes }: Position): string {
  return bytes === 0 ? 'nothing was received' : `${bytes} bytes were received`;
}

/** Yields the rest of the content from one response, advances the position, and returns why it ended. */
async function* readResponse(
  { sizeBytes, signal }: StoredContent,
  url: string,
  position: Position,
): AsyncGenerator<Uint8Array, FailedTry> {
  let response: IncomingMessage | undefined;
  try {
    response = await sendPresigned({ method: 'GET', url, headers: headersAt(position), signal });
    if (!continues(response, position)) return unexpected(response);
    position.etag ??= response.headers.etag;
    for await (const chunk of chunksOf(response)) {
      if (position.bytes + chunk.byteLength > sizeBytes)
        return { kind: 'failed', reason: `but there is more content than ${sizeBytes} bytes` };
      position.bytes += chunk.byteLength;
      yield chunk;
    }
    return { kind: 'again', reason: `then the response ended before ${sizeBytes} bytes` };
  } catch (error) {
    return failedConnection(error);
  } finally {
    response?.destroy();
  }
}

function headersAt({ bytes, etag }: Position): Record<string, string> {
  if (bytes === 0) return {};
  return { range: `bytes=${bytes}-`, ...(etag === undefined ? {} : { 'if-match': etag }) };
}

function continues({ statusCode, headers }: IncomingMessage, { bytes }: Position): boolean {
  if (bytes === 0) return statusCode === 200;
  return statusCode === 206 && headers['content-range']?.startsWith(`bytes ${bytes}-`) === true;
}

function unexpected({ statusCode = 0 }: IncomingMessage): FailedTry {
  if (statusCode < 300) return { kind: 'failed', reason: 'the store did not return the requested range' };
  if (statusCode === 412) return { kind: 'failed', reason: 'then the content changed' };
  return failedTry(statusCode);
}

/** Yields the body of a response. Limits only the time without data, not the time that the reader takes. */
async function* chunksOf(response: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  // A response without encoding yields only buffers.
  const iterator = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  for (;;) {
    const timer = setTimeout(() => response.destroy(idleError()), idleSeconds * 1_000);
    const next = await iterator.next().finally(() => clearTimeout(timer));
    if (next.done === true) return;
    yield next.value;
  }
}
