import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { LogEntry } from '../../ports/events/event-log.ts';
import { dayMs, type LogPosition } from './log-position.ts';

/** Tolerates the different clocks of the processes that write and read. */
const clockSkewMs = 60_000;

export interface Retention {
  readonly eventLogDays: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The entries that have not expired; a store removes an expired entry some time later. */
export function keptEntries(
  entries: readonly LogEntry[],
  { eventLogDays, now }: Retention,
): readonly LogEntry[] {
  return entries.filter(
    ({ at, expiresAtEpochSeconds }) => expiresAtEpochSeconds * 1000 > now && at > now - eventLogDays * dayMs,
  );
}

/**
 * Throws `position-expired` if entries between a position and the next entry may have expired.
 * @param next the first entry from the position on that has not expired; undefined if there is none
 */
export function requireGapless(
  position: LogPosition,
  next: LogEntry | undefined,
  { eventLogDays, now }: Retention,
): void {
  const { number, index, notBefore } = position;
  if (notBefore === 0 || next?.number === number) return;
  const isRecent = notBefore > now - eventLogDays * dayMs + clockSkewMs;
  const isFirst = next === undefined || next.isFirst === true;
  if (isRecent && isFirst && index === 0) return;
  throw new ProblemError(
    'position-expired',
    `The event log no longer contains all events after this position: it keeps events for ${eventLogDays} days. Read the current state of the jobs, and continue without a position or with after=now`,
  );
}
