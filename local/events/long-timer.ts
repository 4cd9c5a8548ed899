/** Longest delay of a Node.js timer; a timer with a longer delay would fire at once. */
const maxTimerMs = 2_147_483_647;

/**
 * Calls `fire` once after any number of milliseconds, including delays that exceed the limit of a Node.js
 * timer. Unlike Node.js timers, it never fires early according to the clock. Returns a function that cancels
 * it.
 */
export function longTimer(delayMs: number, fire: () => void): () => void {
  const dueAtMs = Date.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(check, Math.min(Math.max(0, leftMs), maxTimerMs));
  };
  const check = (): void => {
    const leftMs = dueAtMs - Date.now();
    if (leftMs > 0) wait(leftMs);
    else fire();
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
