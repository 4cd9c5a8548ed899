import type { FaultPayload } from './fault-payloads.ts';

/** Receives the events of one invocation. The last call is exactly one of `done`, `ended` and `failed`. */
export interface CallListener {
  /** A buffered handler returned JSON text. */
  done(payload: string): void;
  failed(fault: FaultPayload): void;
  /** A streaming handler wrote a chunk; no further chunk is sent until `taken` was called. */
  chunk(bytes: Uint8Array, contentType: string, taken: () => void): void;
  /** A streaming handler ended its stream. */
  ended(): void;
}

/** An invocation that is processed by a function's threads. */
export interface Call {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  readonly listener: CallListener;
  /** Aborts when no client reads the output of a streaming handler any longer. */
  readonly readerDisconnected?: AbortSignal | undefined;
}
