/** Longest delay that a Node timer holds; beyond it the timer would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Calls `fire` once after any number of milliseconds, also more than a Node timer holds. Returns the way to cancel it. */
export function longTimer(delayMs: number, fire: () => void): () => void {
  const dueAtMs = Date.now() + delayMs;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = Math.max(0, dueAtMs - Date.now());
    timer = setTimeout(leftMs > LONGEST_TIMER_MS ? arm : fire, Math.min(leftMs, LONGEST_TIMER_MS));
  };
  arm();
  return () => clearTimeout(timer);
}
