import type { FaultPayload } from '../fault-payloads.ts';

/** Settings with which a thread loads a function. */
export interface ThreadSettings {
  readonly functionName: string;
  /** File and export, such as `index.handler`. */
  readonly handler: string;
  readonly directory: string;
  readonly memoryMegabytes: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Runtimes from nodejs24.x on refuse handlers with a callback parameter. */
  readonly callbacksAllowed: boolean;
}

/**
 * Messages from the runtime to a thread. `taken` reports that a streamed chunk was read, `abandoned` that no
 * client reads the stream any longer; `ping` checks that the thread responds.
 */
export type ToThread =
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      readonly payload: string;
      readonly functionArn: string;
      readonly deadlineAt: number;
    }
  | { readonly kind: 'taken'; readonly requestId: string }
  | { readonly kind: 'abandoned'; readonly requestId: string }
  | { readonly kind: 'ping' };

/**
 * Messages from a thread to the runtime. `fatal` is an error outside any invocation; the thread then ends.
 */
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

/**
 * Content type of a streamed response that starts with a JSON prelude, followed by eight zero bytes and the
 * body.
 */
export const preludeContentType = 'application/vnd.awslambda.http-integration-response';

/** Number of zero bytes between the prelude and the body. */
export const preludeDelimiterBytes = 8;
