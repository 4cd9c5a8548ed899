import type { Attempt } from './attempt.ts';
import { shortPauses, type WorkerRequest } from './call-worker.ts';
import { defaultTryTimeoutSeconds } from './fetch-persistently.ts';
import { sleep } from './sleep.ts';

/** In seconds. */
const shortestInterval = 0.1;

/** The minimum timeout of a try in seconds, because the first try opens a connection. */
const shortestTry = 0.4;

/** A quarter of the shortest heartbeat timeout that a definition can have, in seconds. */
const shortestEnding = 2.5;

/**
 * Sends a heartbeat. A lost heartbeat is harmless, because another one follows. With an interval, a try times
 * out after a third of it; otherwise a hanging try would delay further heartbeats until the attempt counts as
 * lost. Never rejects.
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
 * Runs work, and sends a heartbeat whenever no report got a response for `everySeconds`, until the work has
 * ended, so that a process without work does not count as alive. Without an interval no heartbeats are
 * sent.
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
 * Sends a heartbeat whenever no report got a response for `everySeconds`, until the attempt is closed or
 * stopped, or the work has ended. Work that blocks the event loop also blocks heartbeats. Never rejects.
 */
export async function keepHeartbeat(
  attempt: Attempt,
  everySeconds: number,
  ended: AbortSignal = attempt.closing,
): Promise<void> {
  const cancel = AbortSignal.any([attempt.closing, ended]);
  let triedAt = Number.NEGATIVE_INFINITY;
  while (!cancel.aborted && !attempt.signal.aborted) {
    const due = Math.max(triedAt, attempt.lastReportAt()) + everySeconds * 1_000;
    const rest = due - performance.now();
    if (rest > 0) await sleep(rest, cancel);
    else {
      triedAt = performance.now();
      await sendHeartbeat(attempt, { everySeconds, cancel });
    }
  }
}

/**
 * Returns the timeout of one try of the final report, in seconds; undefined for the default. No more
 * heartbeats are sent at that time, so the timeout must leave time for a retry before the attempt counts as
 * lost.
 */
export function endingTimeout(everySeconds: number | undefined): number | undefined {
  if (everySeconds === undefined || !(everySeconds >= shortestInterval)) return undefined;
  return Math.min(Math.max(everySeconds, shortestEnding), defaultTryTimeoutSeconds);
}

/** Throws a `RangeError` for an interval of less than 0.1 s. */
export function checkInterval(everySeconds: number): void {
  if (!(everySeconds >= shortestInterval))
    throw new RangeError(`heartbeatEverySeconds must be at least ${shortestInterval}, not ${everySeconds}`);
}
