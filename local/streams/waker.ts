/** Sleeps until a signal. A signal during other work is not lost: the next sleep returns at once. */
export interface Waker {
  wake(): void;
  /** Clears earlier signals: data that is read after the reset includes their changes. */
  reset(): void;
  /** Resolves at a signal since `reset`, after `longestMs`, or when stopped. */
  sleep(longestMs: number): Promise<void>;
}

/** Creates a waker. The abort signal also ends its sleep. */
export function createWaker(signal: AbortSignal): Waker {
  let called = false;
  let rouse: (() => void) | undefined;
  const wake = (): void => {
    called = true;
    rouse?.();
  };
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    reset: () => {
      called = false;
    },
    sleep: (longestMs) =>
      new Promise((resolve) => {
        if (called || signal.aborted) return resolve();
        const timer = setTimeout(() => rouse?.(), longestMs);
        rouse = () => {
          clearTimeout(timer);
          rouse = undefined;
          resolve();
        };
      }),
  };
}
