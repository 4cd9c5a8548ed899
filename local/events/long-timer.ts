/** Longest delay that a Node timer holds; beyond it the timer would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Calls `fire` once after any number of milliseconds, also more than a Node timer holds, and never a moment early by the
 * clock, which Node's own timers may be. Returns the way to cancel it.
 */
export function longTimer(delayMs: number, fire: () => void): () => void {
  const dueAtMs = Date.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(look, Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS));
  };
  const look = (): void => {
    const leftMs = dueAtMs - Date.now();
    if (leftMs > 0) wait(leftMs);
    else fire();
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
