import type { StreamedResult } from '../../cloud.ts';
import type { CallListener } from '../call.ts';
import type { FaultPayload } from '../fault-payloads.ts';
import { createPreludeReader, type Prelude } from './prelude-reader.ts';

/** Thrown by a streamed result whose function failed, with Lambda's message. */
class FunctionFault extends Error {
  override readonly name = 'FunctionFault';
  readonly fault: FaultPayload;

  constructor(fault: FaultPayload) {
    super(`${fault.errorType}: ${fault.errorMessage}`);
    this.fault = fault;
  }
}

/**
 * Converts the output of a function to a {@link StreamedResult}. A failure before the prelude rejects the
 * prelude, a later one makes the body throw, both with {@link FunctionFault}. The JSON result of a handler
 * that does not stream becomes the body, without a prelude, as in Lambda's `InvokeWithResponseStream`.
 */
export function streamListener(): { readonly listener: CallListener; readonly result: StreamedResult } {
  const prelude = Promise.withResolvers<Prelude | null>();
  // A failure must not become an unhandled rejection if the caller reads only the body.
  prelude.promise.catch(() => undefined);
  const queue = createByteQueue();
  const reader = createPreludeReader(prelude.resolve);
  const finish = (): void => {
    queue.push(reader.rest(), () => undefined);
    queue.end();
  };
  const listener: CallListener = {
    chunk: (bytes, contentType, taken) => queue.push(reader.read(bytes, contentType), taken),
    ended: finish,
    done: (payload) => {
      prelude.resolve(null);
      queue.push(Buffer.from(payload), () => undefined);
      queue.end();
    },
    failed: (fault) => {
      const error = new FunctionFault(fault);
      prelude.reject(error);
      queue.end(error);
    },
  };
  return { listener, result: { prelude: prelude.promise, body: queue.bytes } };
}

interface ByteQueue {
  readonly bytes: AsyncIterable<Uint8Array>;
  push(chunk: Uint8Array, taken: () => void): void;
  end(error?: Error): void;
}

/**
 * Queues chunks until they are read. `taken` is called when the reader gets the chunk, or at once for an
 * empty one.
 */
function createByteQueue(): ByteQueue {
  const chunks: Array<{ readonly chunk: Uint8Array; taken(): void }> = [];
  let over = false;
  let failure: Error | undefined;
  let wake = Promise.withResolvers<void>();
  async function* read(): AsyncGenerator<Uint8Array> {
    while (true) {
      const next = chunks.shift();
      if (next !== undefined) {
        next.taken();
        yield next.chunk;
      } else if (failure !== undefined) throw failure;
      else if (over) return;
      else await wake.promise;
      wake = Promise.withResolvers();
    }
  }
  return {
    bytes: read(),
    push: (chunk, taken) => {
      if (chunk.length === 0) taken();
      else chunks.push({ chunk, taken });
      wake.resolve();
    },
    end: (error) => {
      over = true;
      failure = error;
      wake.resolve();
    },
  };
}
