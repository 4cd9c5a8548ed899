import type { Attempt } from './attempt.ts';
import { sleep } from './sleep.ts';

/** Tells that the attempt lives. A heartbeat that gets lost is no matter: the next one will do. Never rejects. */
export async function sendHeartbeat(attempt: Attempt): Promise<void> {
  await attempt.call({ path: '/heartbeat' });
}

/**
 * Sends a heartbeat whenever no worker route has answered for so many seconds, until the attempt is closed or stopped.
 * Work that keeps the event loop busy keeps heartbeats from being sent. Never rejects.
 */
export async function keepHeartbeat(attempt: Attempt, everySeconds: number): Promise<void> {
  let triedAt = Number.NEGATIVE_INFINITY;
  while (!attempt.closing.aborted && !attempt.signal.aborted) {
    const due = Math.max(triedAt, attempt.lastAnswerAt()) + everySeconds * 1_000;
    const rest = due - performance.now();
    if (rest > 0) await sleep(rest, attempt.closing);
    else {
      triedAt = performance.now();
      await sendHeartbeat(attempt);
    }
  }
}

/** Throws a `RangeError` for an interval that cannot be kept; it is at least a tenth of a second. */
export function checkInterval(everySeconds: number): void {
  if (!(everySeconds >= 0.1))
    throw new RangeError(`heartbeatEverySeconds must be at least 0.1, not ${everySeconds}`);
}
