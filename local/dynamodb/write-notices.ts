/** Called with the stream ARN after each write to its table that went through this process. */
export type WriteListener = (streamArn: string) => void;

/** Wakes those who follow a stream, so that nobody needs to poll an idle one. */
export interface WriteNotices {
  /** Adds a listener; the answer takes it away again. A listener must not throw. */
  onWrite(listener: WriteListener): () => void;
  notify(streamArn: string): void;
}

/** Makes an empty board. */
export function writeNotices(): WriteNotices {
  const listeners = new Set<WriteListener>();
  return {
    onWrite(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notify(streamArn) {
      for (const listener of listeners) listener(streamArn);
    },
  };
}
