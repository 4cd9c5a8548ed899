import { setTimeout as sleep } from 'node:timers/promises';

/** Returns a rate limiter: its promises resolve in order, at least `intervalMs` apart. */
export function pace(intervalMs: number): () => Promise<void> {
  let nextTurnAt = 0;
  return async () => {
    const now = performance.now();
    const turnAt = Math.max(now, nextTurnAt);
    nextTurnAt = turnAt + intervalMs;
    if (turnAt > now) await sleep(turnAt - now);
  };
}
