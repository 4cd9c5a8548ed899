import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import type { Job } from '../../jobs/model/job.ts';
import type { Tombstone } from '../../jobs/model/tombstone.ts';
import { countThatFit } from '../../paging/fit-on-page.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, EventReference, LogEntry } from '../../ports/events/event-log.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import { eventId, referencedEvent } from './event-references.ts';
import { keptEntries, requireGapless } from './kept-entries.ts';
import { isSelective, type LogFilter, logFilter } from './log-filter.ts';
import { afterEntry, afterEvent, type LogPosition, seenAt } from './log-position.ts';

export interface ReadLogDeps {
  readonly eventLog: Pick<EventLog, 'read' | 'newest'>;
  readonly jobs: Pick<JobStore, 'getRecords'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<Settings, 'eventLogDays'>;
}

export interface LogQuery {
  readonly tenant: string;
  readonly position: LogPosition;
  readonly filter: LogFilter;
  /** Maximum number of events, 1 to 1000. */
  readonly limit: number;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** An event of the log, and the position after it. */
export interface LoggedEvent {
  readonly event: JobEvent;
  readonly next: LogPosition;
}

export interface LogPage {
  readonly events: readonly LoggedEvent[];
  /** All events that the read passed, whether or not the filter selects them. */
  readonly passed: readonly EventReference[];
  /** Where the next page starts. */
  readonly next: LogPosition;
  /** True if the read reached the end of the log. */
  readonly isAtEnd: boolean;
}

/** One read of the store. */
const maxEntriesPerRead = 200;
/** A page of a selective filter ends after this many entries, and may be empty. */
const maxEntriesPerPage = 2000;
/** An entry has up to 100 events, so a page of a selective filter also ends after the read that reaches this number. */
const maxEventsPassed = 10_000;

/**
 * A page of a tenant's event log in order. Reads the jobs only of the events that the filter selects. Throws
 * `position-expired` if events between the position and the next event have expired.
 */
export async function readLog(deps: ReadLogDeps, query: LogQuery): Promise<LogPage> {
  const scan = await scanLog(deps, query);
  const found = await readEvents(deps, query, scan.selected);
  const fitting = countThatFit(found.map(({ event }) => event));
  if (fitting === found.length) return { ...scan, events: found };
  const events = found.slice(0, fitting);
  // What was passed after the last event is passed again.
  return { events, passed: [], next: events.at(-1)?.next ?? query.position, isAtEnd: false };
}

interface Selected {
  readonly reference: EventReference;
  readonly next: LogPosition;
}

interface Scan extends Omit<LogPage, 'events'> {
  readonly selected: readonly Selected[];
}

async function scanLog(deps: ReadLogDeps, query: LogQuery): Promise<Scan> {
  const { tenant, filter, limit } = query;
  const matches = logFilter(filter);
  const pageEntries = isSelective(filter) ? maxEntriesPerRead : Math.min(limit, maxEntriesPerRead);
  const selected: Selected[] = [];
  const passed: EventReference[] = [];
  let next = query.position;
  for (let read = 0; read < maxEntriesPerPage; read += pageEntries) {
    const now = deps.clock.now();
    const entries = await deps.eventLog.read({ tenant, from: next.number, limit: pageEntries });
    const kept = keptEntries(entries, { eventLogDays: deps.settings.eventLogDays, now });
    requireGapless(next, kept[0], { eventLogDays: deps.settings.eventLogDays, now });
    for (const one of eventsFrom(kept, next)) {
      passed.push(one.reference);
      if (matches(one.reference)) selected.push(one);
      if (selected.length === limit) return { selected, passed, next: one.next, isAtEnd: false };
    }
    next = positionAfter(entries, kept, next);
    if (entries.length < pageEntries) return { selected, passed, next: seenAt(next, now), isAtEnd: true };
    if (passed.length >= maxEventsPassed) break;
  }
  return { selected, passed, next, isAtEnd: false };
}

function* eventsFrom(entries: readonly LogEntry[], { number, index }: LogPosition): Generator<Selected> {
  for (const entry of entries) {
    const first = entry.number === number ? index : 0;
    for (const [at, reference] of entry.events.entries())
      if (at >= first) yield { reference, next: afterEvent(entry, at) };
  }
}

/** A reader without a position takes what is kept, so expired entries before the first kept one do not matter to it. */
function positionAfter(
  entries: readonly LogEntry[],
  kept: readonly LogEntry[],
  before: LogPosition,
): LogPosition {
  const last = entries.at(-1);
  if (last === undefined) return before;
  const next = afterEntry(last);
  return before.notBefore === 0 && kept.length === 0 ? { ...next, notBefore: 0 } : next;
}

async function readEvents(
  deps: ReadLogDeps,
  { tenant, baseUrl }: LogQuery,
  selected: readonly Selected[],
): Promise<readonly LoggedEvent[]> {
  if (selected.length === 0) return [];
  const ids = [...new Set(selected.map(({ reference }) => reference.jobId))];
  const records = new Map(
    (await deps.jobs.getRecords(tenant, ids)).map((record) => [jobOf(record).id, record]),
  );
  return selected.flatMap(({ reference, next }) => {
    const record = records.get(reference.jobId);
    const event = record === undefined ? undefined : referencedEvent(record, reference, baseUrl);
    if (event !== undefined) return [{ event, next }];
    deps.log.warn('logged-event-missing', { tenant, eventId: eventId(reference) });
    return [];
  });
}

function jobOf(record: Job | Tombstone): Job {
  return 'deletedAt' in record ? record.job : record;
}
