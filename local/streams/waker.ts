/** A sleeper that a signal wakes; a signal given while it is awake is not forgotten. */
export interface Waker {
  wake(): void;
  /** Forgets earlier signals: what is looked at from now on includes what they told of. */
  reset(): void;
  /** Resolves at a signal given since `reset`, or after `longestMs`, or once stopped. */
  sleep(longestMs: number): Promise<void>;
}

/** Builds a waker that also ends its sleep when the abort signal comes. */
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
