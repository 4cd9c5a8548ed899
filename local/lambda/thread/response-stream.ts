import { once } from 'node:events';
import { Writable } from 'node:stream';
import { PRELUDE_CONTENT_TYPE, PRELUDE_DELIMITER_BYTES } from './protocol.ts';
import { RuntimeError } from './runtime-error.ts';

/** Where a response stream sends its bytes. `send` settles once the chunk was read at the other end. */
export interface ResponseSink {
  send(bytes: Uint8Array, contentType: string): Promise<void>;
  end(): void;
}

/** The stream that a streaming handler writes to. */
export interface ResponseStream extends Writable {
  setContentType(contentType: string): void;
  /** Name as in AWS's runtime: other libraries set it as well. */
  _onBeforeFirstWrite?: (write: (chunk: string | Uint8Array) => void) => void;
}

/**
 * Makes the stream of one invocation, behaving as AWS's: what was put in front by
 * `HttpResponseStream.from` leaves with the first `write`, so a stream that is only ended sends nothing at all;
 * objects are written as JSON.
 */
export function createResponseStream(sink: ResponseSink): ResponseStream {
  let contentType = 'application/octet-stream';
  let written = false;
  const writable = new Writable({
    write: (chunk: Buffer, _encoding, callback) => {
      if (chunk.length === 0) callback();
      else sink.send(Uint8Array.from(chunk), contentType).then(() => callback(), callback);
    },
    final: (callback) => {
      sink.end();
      callback();
    },
  });
  const plainWrite = writable.write.bind(writable);
  const stream: ResponseStream = Object.assign(writable, {
    setContentType: (value: string) => {
      if (written) {
        throw new RuntimeError('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
      }
      contentType = value;
    },
    write: (chunk: unknown, ...rest: readonly unknown[]) => {
      if (!written) stream._onBeforeFirstWrite?.((front) => void plainWrite(front));
      written = true;
      // Whoever waits for a stream to drain must not wait for ever where nobody reads.
      if (writable.destroyed) process.nextTick(() => stream.emit('drain'));
      const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
      // The overloads of write cannot be told apart here; the arguments are handed on as they came.
      return Reflect.apply(plainWrite, writable, [data, ...rest]) === true;
    },
  });
  return stream;
}

/** Waits until everything was read. Throws what AWS's runtime says when the handler returned too early. */
export async function finishResponseStream(stream: ResponseStream): Promise<void> {
  if (stream.writableFinished) return;
  // AWS's runtime throws this very text, and no error.
  // oxlint-disable-next-line typescript/only-throw-error
  if (!stream.writableEnded || stream.destroyed) throw 'Response stream is not finished.';
  await once(stream, 'finish');
}

/**
 * Destroys the stream, so that a pipeline into it stops. A handler that only writes runs on, as on AWS: nothing that it waits
 * for is withheld, and no error is thrown where it does not expect one.
 */
export function abandonResponseStream(stream: ResponseStream): void {
  if (stream.writableFinished) return;
  stream.on('error', () => undefined);
  stream.emit('drain');
  stream.destroy(new RuntimeError('Runtime.ClientDisconnected', 'Nobody reads the response any longer.'));
}

/** What was written before a failure still goes out, as on AWS, where the failure follows as a trailer. */
export async function sendWritten(stream: ResponseStream): Promise<void> {
  if (stream.writableFinished || stream.destroyed) return;
  const finished = once(stream, 'finish');
  if (!stream.writableEnded) stream.end();
  await finished;
}

/** AWS's `awslambda.HttpResponseStream`: status and headers go in front of the first write. */
export const HttpResponseStream = {
  from(stream: ResponseStream, prelude: unknown): ResponseStream {
    stream.setContentType(PRELUDE_CONTENT_TYPE);
    const text = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(PRELUDE_DELIMITER_BYTES));
    };
    return stream;
  },
};
