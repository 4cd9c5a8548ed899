import type { AwsResponse } from '../../cloud.ts';
import type { WrittenRequest } from '../../direct/client-request.ts';
import type { DirectCalls } from '../../direct/direct-calls.ts';
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
  /** How the thread serves its function's calls of DynamoDB; absent, they all go to the AWS endpoint. */
  readonly directCalls?: DirectCalls;
}

/**
 * Messages from the runtime to a thread. `taken` reports that a streamed chunk was read, `abandoned` that no
 * client reads the stream any longer; `returned` is the response to a `call`; `ping` checks that the thread responds.
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
  | { readonly kind: 'returned'; readonly callId: number; readonly response: AwsResponse }
  | { readonly kind: 'ping' };

/**
 * Messages from a thread to the runtime. `output` is what the function wrote. `fatal` is an error outside any invocation; the thread then ends. `written` reports new
 * records in a stream, `report` is a line for the log of the runtime, `call` is an AWS call of the function.
 */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'output'; readonly source: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'written'; readonly streamArn: string }
  | { readonly kind: 'report'; readonly line: string }
  | {
      readonly kind: 'call';
      readonly callId: number;
      readonly service: string;
      readonly request: WrittenRequest;
    }
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
