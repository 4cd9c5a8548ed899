import type { Clock } from '../../ports/clock.ts';
import type { EventLog, EventReference, LogEntry } from '../../ports/events/event-log.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { JobChange } from '../publish-events.ts';
import { eventId, referencesOf } from './event-references.ts';
import { dayMs } from './log-position.ts';
import type { LogTail, LogTails } from './log-tails.ts';

export interface AppendDeps {
  readonly eventLog: EventLog;
  readonly tails: LogTails;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: Pick<Settings, 'eventLogDays'>;
}

/** An entry with this many events has at most 60 KB; an item of DynamoDB may have 400 KB. */
const maxEventsPerEntry = 100;
const parallelTenants = 8;
const maxTries = 10;
const longestPauseMs = 200;

/**
 * Appends the events of a batch of changes to the logs of their tenants, one entry for each tenant, and returns
 * the positions of the changes that could not be appended completely. An event that is known to be in the log is
 * not appended again, so a batch that is delivered again adds nothing. Events of one job stay in order.
 */
export async function appendToLog(
  deps: AppendDeps,
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const byTenant = Map.groupBy(changes, tenantOf);
  const failed = await inParallel([...byTenant], parallelTenants, async ([tenant, ofTenant]) => {
    if (tenant === undefined) return [];
    try {
      await appendForTenant(deps, tenant, ofTenant.flatMap(referencesOf));
      return [];
    } catch (cause) {
      deps.log.warn('events-not-logged', { tenant, changes: ofTenant.length, error: asError(cause) });
      return ofTenant.map(({ position }) => position);
    }
  });
  return failed.flat();
}

function tenantOf({ after, tombstone }: JobChange): string | undefined {
  return (after ?? tombstone?.job)?.tenant;
}

async function appendForTenant(
  deps: AppendDeps,
  tenant: string,
  events: readonly EventReference[],
): Promise<void> {
  for (let from = 0; from < events.length; from += maxEventsPerEntry)
    await appendOnce(deps, tenant, events.slice(from, from + maxEventsPerEntry));
}

/** Throws if the store fails, or if others append more often than this process can. */
async function appendOnce(
  deps: AppendDeps,
  tenant: string,
  events: readonly EventReference[],
): Promise<void> {
  for (let tryNumber = 1; tryNumber <= maxTries; tryNumber += 1) {
    const tail = await deps.tails.of(tenant);
    const missing = eventsMissingIn(tail, events);
    if (missing.length === 0) return;
    const entry = await nextEntry(deps, tail, { tenant, events: missing });
    if ((await deps.eventLog.append(entry)) === 'appended') {
      deps.tails.extend(tail, entry);
      return;
    }
    deps.tails.outdate(tenant);
    await deps.clock.sleep(Math.ceil(Math.min(2 ** tryNumber, longestPauseMs) * deps.random.fraction()));
  }
  throw new Error(`${maxTries} attempts to append to the event log conflicted with other writes`);
}

/** The events that are not known to be in the log, each once. */
function eventsMissingIn(tail: LogTail, events: readonly EventReference[]): readonly EventReference[] {
  const unique = new Map(events.map((event) => [eventId(event), event]));
  return [...unique].flatMap(([id, event]) => (tail.eventIds.has(id) ? [] : [event]));
}

/**
 * The entry after the tail. An empty log starts with the number of the current time: at fewer than 1,000 entries
 * per second on average, the numbers of a log stay below the current time, so a log whose entries have all
 * expired never starts again below an earlier number. A partition of DynamoDB accepts at most 1,000 writes per
 * second (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html).
 */
async function nextEntry(
  { eventLog, clock, settings }: AppendDeps,
  tail: LogTail,
  { tenant, events }: Pick<LogEntry, 'tenant' | 'events'>,
): Promise<LogEntry> {
  const now = clock.now();
  const at = Math.max(now, tail.at);
  const number =
    tail.number === undefined
      ? await eventLog.firstNumber({ tenant, now, notBefore: now - dayMs / 2 })
      : tail.number + 1;
  return {
    tenant,
    number,
    ...(tail.number === undefined ? { isFirst: true } : {}),
    at,
    expiresAtEpochSeconds: Math.ceil((at + settings.eventLogDays * dayMs) / 1000),
    events,
  };
}
