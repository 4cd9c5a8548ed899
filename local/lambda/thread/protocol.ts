import type { FaultPayload } from '../fault-payloads.ts';

/** What a thread needs to load one function. */
export interface ThreadSettings {
  readonly functionName: string;
  /** File and export, such as `index.handler`. */
  readonly handler: string;
  readonly directory: string;
  readonly memoryMegabytes: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Runtimes from nodejs24.x on refuse handlers that take a callback. */
  readonly callbacksAllowed: boolean;
}

/**
 * From the runtime to a thread. `taken` reports that a streamed chunk was read, `abandoned` that nobody reads the stream any
 * longer; `ping` asks for a sign of life.
 */
export type ToThread =
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      readonly payload: string;
      readonly functionArn: string;
      readonly deadlineEpochMilliseconds: number;
    }
  | { readonly kind: 'taken'; readonly requestId: string }
  | { readonly kind: 'abandoned'; readonly requestId: string }
  | { readonly kind: 'ping' };

/** From a thread to the runtime. `fatal` is an error outside any invocation; the thread ends after it. */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'fatal'; readonly fault: FaultPayload }
  | { readonly kind: 'done'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly fault: FaultPayload }
  | {
      readonly kind: 'chunk';
      readonly requestId: string;
      readonly bytes: Uint8Array;
      readonly contentType: string;
    }
  | { readonly kind: 'ended'; readonly requestId: string };

/** Content type of a streamed answer that starts with a JSON prelude, eight zero bytes and then the body. */
export const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';

/** Zero bytes between the prelude and the body. */
export const PRELUDE_DELIMITER_BYTES = 8;
