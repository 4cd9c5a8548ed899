import { setTimeout as sleep } from 'node:timers/promises';

/** Returns a rate limiter: its promises resolve in order, at least `intervalMs` apart. */
export function pace(intervalMs: number): () => Promise<void> {
  let nextAt = 0;
  return async () => {
    const now = performance.now();
    const startAt = Math.max(now, nextAt);
    nextAt = startAt + intervalMs;
    if (startAt > now) await sleep(startAt - now);
  };
}
