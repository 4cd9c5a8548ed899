import type { MessageStore, ReceivedMessage } from './message-store.ts';
import type { QueueSettings } from './queue-settings.ts';

/** What a receiver asks for. */
export interface ReceiveRequest {
  readonly queue: QueueSettings;
  readonly limit: number;
  readonly visibilityTimeoutSeconds: number;
  /** How long to wait for a first message. */
  readonly waitSeconds: number;
}

/** Receives with waiting, woken by new messages and by hidden ones that come back. */
export interface Receiver {
  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]>;
  /** Wakes those who wait on any queue. */
  wake(): void;
  /** Sends all who wait away without messages. */
  close(): void;
}

/** Opens a receiver on a store. Nothing runs while nobody waits. */
export function receiver(store: MessageStore): Receiver {
  const waiting = new Set<() => void>();
  let isClosed = false;

  async function receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    const giveUpAt = Date.now() + request.waitSeconds * 1000;
    for (;;) {
      if (isClosed) return [];
      const messages = store.receive(request.queue, request);
      const now = Date.now();
      if (messages.length > 0 || now >= giveUpAt) return messages;
      const comesBackAt = store.nextVisibleAtEpochMilliseconds(request.queue) ?? giveUpAt;
      await untilWoken(Math.max(1, Math.min(giveUpAt, comesBackAt) - now));
    }
  }

  function untilWoken(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
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
