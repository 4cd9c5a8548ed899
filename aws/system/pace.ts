import { setTimeout as sleep } from 'node:timers/promises';

/** Answers a function that resolves when its caller's turn has come: turns are at least the given time apart. */
export function pace(intervalMilliseconds: number): () => Promise<void> {
  let nextTurnAt = 0;
  return async () => {
    const now = performance.now();
    const turnAt = Math.max(now, nextTurnAt);
    nextTurnAt = turnAt + intervalMilliseconds;
    if (turnAt > now) await sleep(turnAt - now);
  };
}
