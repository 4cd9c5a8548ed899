import type { MessageStore, ReceivedMessage } from './message-store.ts';
import type { QueueSettings } from './queue-settings.ts';

/** A request to receive messages. */
export interface ReceiveRequest {
  readonly queue: QueueSettings;
  readonly limit: number;
  readonly visibilityTimeoutSeconds: number;
  /** Time to wait for a first message. */
  readonly waitSeconds: number;
  /** Ends the wait without messages. */
  readonly signal?: AbortSignal;
}

/** Receives messages with long polling. New messages and hidden messages that become visible end the wait. */
export interface Receiver {
  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]>;
  /** Wakes the receivers that wait on any queue. */
  wake(): void;
  /** Ends all waits without messages. */
  close(): void;
}

/** Creates a receiver on a store. Nothing runs while no request waits. */
export function receiver(store: MessageStore): Receiver {
  const waiting = new Set<() => void>();
  let isClosed = false;

  async function receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    request.signal?.addEventListener('abort', wake);
    try {
      return await receiveBefore(Date.now() + request.waitSeconds * 1000, request);
    } finally {
      request.signal?.removeEventListener('abort', wake);
    }
  }

  async function receiveBefore(
    timeoutAt: number,
    request: ReceiveRequest,
  ): Promise<readonly ReceivedMessage[]> {
    for (;;) {
      if (isClosed || request.signal?.aborted === true) return [];
      const messages = store.receive(request.queue, request);
      const now = Date.now();
      if (messages.length > 0 || now >= timeoutAt) return messages;
      const nextVisibleAt = store.nextVisibleAt(request.queue) ?? timeoutAt;
      await untilWoken(Math.max(1, Math.min(timeoutAt, nextVisibleAt) - now));
    }
  }

  function untilWoken(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      waiting.add(done);
    });
  }

  function wake(): void {
    for (const done of [...waiting]) done();
  }

  return {
    receive,
    wake,
    close() {
      isClosed = true;
      wake();
    },
  };
}
