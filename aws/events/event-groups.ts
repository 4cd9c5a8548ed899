import type { EventEntry } from './event-entry.ts';

/**
 * Limits of one PutEvents call: 10 entries, less than 256 KB in all
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html).
 */
const maxCallEntries = 10;
export const maxCallBytes = 256 * 1024 - 1;

/** Cuts entries, in their order, into groups that one call takes. An entry that is too large alone is left alone. */
export function groupEntries(entries: readonly EventEntry[]): ReadonlyArray<readonly EventEntry[]> {
  const groups: EventEntry[][] = [];
  let room = { entries: 0, bytes: 0 };
  for (const entry of entries) {
    if (room.entries < 1 || room.bytes < entry.sizeBytes) {
      groups.push([]);
      room = { entries: maxCallEntries, bytes: maxCallBytes };
    }
    groups.at(-1)?.push(entry);
    room = { entries: room.entries - 1, bytes: room.bytes - entry.sizeBytes };
  }
  return groups;
}
