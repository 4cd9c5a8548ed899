/** Called with the stream ARN after each write to its table by this process. */
export type WriteListener = (streamArn: string) => void;

/** Notifies consumers of a stream, so that they need not poll an idle stream. */
export interface WriteNotices {
  /** Adds a listener and returns a function that removes it. A listener must not throw. */
  onWrite(listener: WriteListener): () => void;
  notify(streamArn: string): void;
}

/** Creates the notices, without any listener. */
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
