import type { EventReference, LogEntry } from '../../../core/ports/events/event-log.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  readNumber,
  readOptionalJson,
  readText,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { eventLogPartition, logEntryItemKey } from '../table/table-keys.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

/** An event as a row, which takes less space than an object. */
type EventRow = readonly [
  jobId: string,
  sequence: number,
  kind: string,
  service?: string | null,
  tagDigests?: readonly string[],
  groupDigest?: string,
];

/**
 * Converts an entry of the event log to an item.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | tenant and number (table-keys.ts) |
 * | `z` | N | layout of the item |
 * | `at` | N | when the entry was appended, in epoch milliseconds |
 * | `ttl` | N | expiresAtEpochSeconds; the table's time-to-live attribute |
 * | `f` | BOOL | isFirst; absent otherwise |
 * | `e` | S | the events as JSON: job, sequence number, kind, service or null, digests of tags, digest of the group |
 */
export function toItem(entry: LogEntry): Item {
  return {
    ...logEntryItemKey(entry.tenant, entry.number),
    ...presentAttributes({
      z: number(layoutVersion),
      at: number(entry.at),
      ttl: number(entry.expiresAtEpochSeconds),
      f: entry.isFirst === true ? { BOOL: true } : undefined,
      e: jsonText(entry.events.map(toRow)),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): LogEntry {
  checkLayoutVersion(item, layoutVersion);
  const rows = readOptionalJson<readonly EventRow[]>(item, 'e');
  if (rows === undefined) throw new UnreadableItemError(item, 'lacks its events (e)');
  return {
    tenant: readText(item, 'pk').slice(eventLogPartition('').length),
    number: Number(readText(item, 'sk')),
    ...(item['f']?.BOOL === true ? { isFirst: true } : {}),
    at: readNumber(item, 'at'),
    expiresAtEpochSeconds: readNumber(item, 'ttl'),
    events: rows.map(fromRow),
  };
}

function toRow({ jobId, sequence, kind, service, tagDigests, groupDigest }: EventReference): EventRow {
  if (groupDigest !== undefined)
    return [jobId, sequence, kind, service ?? null, tagDigests ?? [], groupDigest];
  if (tagDigests !== undefined) return [jobId, sequence, kind, service ?? null, tagDigests];
  return service === undefined ? [jobId, sequence, kind] : [jobId, sequence, kind, service];
}

function fromRow([jobId, sequence, kind, service, tags = [], groupDigest]: EventRow): EventReference {
  const tagDigests = tags.length === 0 ? undefined : tags;
  return omitUndefined({ jobId, sequence, kind, service: service ?? undefined, tagDigests, groupDigest });
}
