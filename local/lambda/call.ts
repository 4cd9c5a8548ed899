import type { FaultPayload } from './fault-payloads.ts';

/** Hears how one invocation goes on. Exactly one of `done`, `ended` and `failed` comes last. */
export interface CallListener {
  /** A buffered handler answered with JSON text. */
  done(payload: string): void;
  failed(fault: FaultPayload): void;
  /** A streaming handler wrote; nothing more is sent until `taken` was called. */
  chunk(bytes: Uint8Array, contentType: string, taken: () => void): void;
  /** A streaming handler ended its stream. */
  ended(): void;
}

/** One invocation on its way through a function's threads. */
export interface Call {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  readonly listener: CallListener;
  /** Aborts when nobody reads what a streaming handler writes any longer. */
  readonly readerGone?: AbortSignal | undefined;
}
