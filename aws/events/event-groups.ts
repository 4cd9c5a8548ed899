import type { EventEntry } from './event-entry.ts';

/**
 * The limits of one PutEvents call: 10 entries, less than 256 KB in total
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
 */
const maxCallEntries = 10;
export const maxCallBytes = 256 * 1024 - 1;

/**
 * Splits entries, in order, into groups that fit in one call. An entry that exceeds the limit is a group of
 * its own.
 */
export function groupEntries(entries: readonly EventEntry[]): ReadonlyArray<readonly EventEntry[]> {
  const groups: EventEntry[][] = [];
  let remaining = { entries: 0, bytes: 0 };
  for (const entry of entries) {
    if (remaining.entries < 1 || remaining.bytes < entry.sizeBytes) {
      groups.push([]);
      remaining = { entries: maxCallEntries, bytes: maxCallBytes };
    }
    groups.at(-1)?.push(entry);
    remaining = { entries: remaining.entries - 1, bytes: remaining.bytes - entry.sizeBytes };
  }
  return groups;
}
