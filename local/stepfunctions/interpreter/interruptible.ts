import { longTimer } from '../../events/long-timer.ts';
import { StateError } from './state-error.ts';

/** Waits a number of milliseconds, or until the signal is aborted. Never rejects. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0 || signal.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = longTimer(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * Waits for the result of a call. Rejects with `States.Timeout` after `timeoutSeconds`, if present, and when
 * the signal is aborted; the call itself is not stopped. Step Functions gives a timeout no cause:
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/timeouts/test_timeouts.snapshot.json
 */
export async function resultWithin<T>(
  call: Promise<T>,
  { timeoutSeconds, signal }: { readonly timeoutSeconds: number | undefined; readonly signal: AbortSignal },
): Promise<T> {
  const { promise: interruption, reject } = Promise.withResolvers<never>();
  const expire = (): void => reject(new StateError('States.Timeout', ''));
  const stop = (): void => reject(new Error('The execution was stopped'));
  const cancelTimer = timeoutSeconds === undefined ? undefined : longTimer(timeoutSeconds * 1000, expire);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([call, interruption]);
  } finally {
    cancelTimer?.();
    signal.removeEventListener('abort', stop);
  }
}
