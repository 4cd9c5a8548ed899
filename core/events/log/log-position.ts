import { ProblemError } from '../../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../../paging/cursor.ts';
import type { LogEntry } from '../../ports/events/event-log.ts';

export const dayMs = 86_400_000;

/**
 * Where a reader continues in a tenant's event log: at the event with this index of the entry with this number.
 */
export interface LogPosition {
  readonly number: number;
  readonly index: number;
  /**
   * No entry from `number` on has an earlier time, in epoch milliseconds. 0 for a reader that takes whatever the
   * log still contains.
   */
  readonly notBefore: number;
}

/** The position before the oldest event that the log still contains. */
export const logStart: LogPosition = { number: 0, index: 0, notBefore: 0 };

/** The position after an entry. */
export function afterEntry({ number, at }: LogEntry): LogPosition {
  return { number: number + 1, index: 0, notBefore: at };
}

/** The position after one event of an entry. */
export function afterEvent(entry: LogEntry, index: number): LogPosition {
  if (index + 1 >= entry.events.length) return afterEntry(entry);
  return { number: entry.number, index: index + 1, notBefore: entry.at };
}

/**
 * The same position, for a reader that has seen the end of the log at `now`. The time is rounded down to the
 * hour, so that repeated reads of an unchanged log return the same position.
 */
export function seenAt(position: LogPosition, now: number): LogPosition {
  return { ...position, notBefore: Math.max(position.notBefore, now - (now % 3_600_000)) };
}

/** The opaque text of a position, bound to its tenant. */
export function encodePosition(tenant: string, { number, index, notBefore }: LogPosition): string {
  return encodeCursor({ list: 'event-log', tenant }, `${number}.${index}.${notBefore}`);
}

/** Reads a position; throws `bad-cursor` for a text that is not a position of this tenant. */
export function decodePosition(tenant: string, text: string): LogPosition {
  const numbers = decodeCursor({ list: 'event-log', tenant }, text).split('.').map(Number);
  const [number, index, notBefore] = numbers;
  if (
    number === undefined ||
    index === undefined ||
    notBefore === undefined ||
    !numbers.every((one) => Number.isSafeInteger(one) && one >= 0)
  )
    throw new ProblemError('bad-cursor', 'The position is damaged');
  return { number, index, notBefore };
}
