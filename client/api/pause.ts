/** Waits, and throws the reason of the signal if it aborts before. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
  signal?.throwIfAborted();
}

const baseMs = 200;
const maxMs = 10_000;

/** Full jitter: a random time below a bound that doubles with each try, so that clients do not retry in step. */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** tries);
}
