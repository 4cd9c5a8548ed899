import type { Attempt } from './attempt.ts';
import { shortPauses, type WorkerRequest } from './call-worker.ts';
import { defaultTryTimeoutSeconds } from './fetch-persistently.ts';
import { sleep } from './sleep.ts';

/** In seconds. */
const shortestInterval = 0.1;

/** A try is given so many seconds, however short the interval is: the first one opens a connection. */
const shortestTry = 0.4;

/** A quarter of the shortest silence that a definition can ask for, in seconds. */
const shortestEnding = 2.5;

/**
 * Reports that the attempt lives. A heartbeat that gets lost is no matter: the next one will do. Where they have an interval,
 * a try without an answer ends after a third of it, or one that hangs would keep the others from being sent until the
 * attempt counts as lost. Never rejects.
 */
export async function sendHeartbeat(
  attempt: Attempt,
  {
    everySeconds,
    cancel,
  }: { readonly everySeconds?: number | undefined; readonly cancel?: AbortSignal } = {},
): Promise<void> {
  const patience =
    everySeconds !== undefined && everySeconds >= shortestInterval ? patienceFor(everySeconds) : {};
  await attempt.call({ path: '/heartbeat', ...patience, ...(cancel === undefined ? {} : { cancel }) });
}

function patienceFor(
  everySeconds: number,
): Pick<WorkerRequest, 'tryTimeoutSeconds' | 'pauses' | 'longestPauseSeconds'> {
  const third = everySeconds / 3;
  return {
    tryTimeoutSeconds: Math.min(Math.max(third, shortestTry), defaultTryTimeoutSeconds),
    pauses: shortPauses.map((pause) => Math.min(pause, third * 1_000)),
    longestPauseSeconds: third,
  };
}

/**
 * Carries out work, and sends a heartbeat whenever no worker route has answered for so many seconds, until the work has
 * ended: what is left of the process then must not count as alive. Without an interval no heartbeat is sent.
 */
export async function withHeartbeat<Value>(
  attempt: Attempt,
  everySeconds: number | undefined,
  work: () => Promise<Value> | Value,
): Promise<Value> {
  const ended = new AbortController();
  if (everySeconds !== undefined) {
    checkInterval(everySeconds);
    void keepHeartbeat(attempt, everySeconds, ended.signal);
  }
  try {
    return await work();
  } finally {
    ended.abort();
  }
}

/**
 * Sends a heartbeat whenever no worker route has answered for so many seconds, until the attempt is closed or stopped, or
 * the work has ended. Work that keeps the event loop busy keeps heartbeats from being sent. Never rejects.
 */
export async function keepHeartbeat(
  attempt: Attempt,
  everySeconds: number,
  ended: AbortSignal = attempt.closing,
): Promise<void> {
  const cancel = AbortSignal.any([attempt.closing, ended]);
  let triedAt = Number.NEGATIVE_INFINITY;
  while (!cancel.aborted && !attempt.signal.aborted) {
    const due = Math.max(triedAt, attempt.lastAnswerAt()) + everySeconds * 1_000;
    const rest = due - performance.now();
    if (rest > 0) await sleep(rest, cancel);
    else {
      triedAt = performance.now();
      await sendHeartbeat(attempt, { everySeconds, cancel });
    }
  }
}

/**
 * How long one try of a report may take that ends the attempt, in seconds; undefined for the default. No heartbeats come
 * beside it any more, so it is tried again before the attempt counts as lost.
 */
export function endingTimeout(everySeconds: number | undefined): number | undefined {
  if (everySeconds === undefined || !(everySeconds >= shortestInterval)) return undefined;
  return Math.min(Math.max(everySeconds, shortestEnding), defaultTryTimeoutSeconds);
}

/** Throws a `RangeError` for an interval that cannot be kept; it is at least a tenth of a second. */
export function checkInterval(everySeconds: number): void {
  if (!(everySeconds >= shortestInterval))
    throw new RangeError(`heartbeatEverySeconds must be at least ${shortestInterval}, not ${everySeconds}`);
}
