import { once } from 'node:events';
import { Writable } from 'node:stream';
import { preludeContentType, preludeDelimiterBytes } from './protocol.ts';
import { RuntimeError } from './runtime-error.ts';

/** Destination of a response stream. `send` settles when the chunk was read at the other end. */
export interface ResponseSink {
  send(bytes: Uint8Array, contentType: string): Promise<void>;
  end(): void;
}

/** The stream that a streaming handler writes to. */
export interface ResponseStream extends Writable {
  setContentType(contentType: string): void;
  /** Named as in AWS's runtime, because other libraries set it too. */
  _onBeforeFirstWrite?: (write: (chunk: string | Uint8Array) => void) => void;
}

/**
 * Creates the stream of an invocation, with the behaviour of AWS's stream: the prelude of
 * `HttpResponseStream.from` is sent with the first `write`, so a stream that is only ended sends nothing;
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
      // A handler that waits for `drain` must not wait forever when no client reads.
      if (writable.destroyed) process.nextTick(() => stream.emit('drain'));
      const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
      // The overloads of `write` cannot be distinguished here, so the arguments are passed on unchanged.
      return Reflect.apply(plainWrite, writable, [data, ...rest]) === true;
    },
  });
  return stream;
}

/** Waits until everything was read. Throws the error of AWS's runtime if the handler returned too early. */
export async function finishResponseStream(stream: ResponseStream): Promise<void> {
  if (stream.writableFinished) return;
  // AWS's runtime throws exactly this string, not an Error.
  // oxlint-disable-next-line typescript/only-throw-error
  if (!stream.writableEnded || stream.destroyed) throw 'Response stream is not finished.';
  await once(stream, 'finish');
}

/**
 * Destroys the stream, so that a pipeline into it stops. A handler that only writes continues to run, as on
 * AWS: it still gets every event that it waits for, and no error is thrown where it does not expect one.
 */
export function abandonResponseStream(stream: ResponseStream): void {
  if (stream.writableFinished) return;
  stream.on('error', () => undefined);
  stream.emit('drain');
  stream.destroy(new RuntimeError('Runtime.ClientDisconnected', 'The client no longer reads the response.'));
}

/** Sends the data that was written before a failure, as on AWS, where the failure follows as a trailer. */
export async function sendWritten(stream: ResponseStream): Promise<void> {
  if (stream.writableFinished || stream.destroyed) return;
  const finished = once(stream, 'finish');
  if (!stream.writableEnded) stream.end();
  await finished;
}

/** AWS's `awslambda.HttpResponseStream`: status and headers are sent before the first write. */
export const HttpResponseStream = {
  from(stream: ResponseStream, prelude: unknown): ResponseStream {
    stream.setContentType(preludeContentType);
    const text = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(preludeDelimiterBytes));
    };
    return stream;
  },
};
