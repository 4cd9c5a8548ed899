import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import { type ActiveLease, type LeaseDeps, takeLease } from '../../jobs/waiting/leases.ts';
import { leaseFreeMs, sleepUntil } from '../../jobs/waiting/sleep-until.ts';
import type { LogFilter } from './log-filter.ts';
import { decodePosition, encodePosition, type LogPosition, logStart, seenAt } from './log-position.ts';
import { type LogPage, type ReadLogDeps, readLog } from './read-log.ts';

export type ListEventsDeps = ReadLogDeps & LeaseDeps;

export interface ListEventsInput {
  readonly tenant: string;
  /** A position that an earlier call returned, or `now`; absent for the oldest event that is kept. */
  readonly after?: string;
  readonly filter: LogFilter;
  /** 1 to 1000. */
  readonly limit: number;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** How long to wait for an event, in milliseconds; 0 for no wait. */
  readonly waitMs: number;
}

export interface EventList {
  readonly events: readonly JobEvent[];
  /** The position after the last event that was read, whether or not the filter selects it. */
  readonly position: string;
  /** False if the wait ended early, because there are too many long polls. */
  readonly waitedFully: boolean;
}

/**
 * A page of the tenant's event log after a position, with the events of deleted jobs. With `waitMs`, waits until
 * there is an event that the filter selects, as long as the limits of long polls allow it. A page may be short or
 * empty although more events follow: the next call continues at `position`. Throws `bad-cursor`,
 * `position-expired`, and `event-log-off` if the deployment has no event log.
 */
export async function listEvents(deps: ListEventsDeps, input: ListEventsInput): Promise<EventList> {
  const { tenant } = input;
  const startedAt = deps.clock.now();
  const position = await startPosition(deps, tenant, input.after);
  const wait: Wait = {
    freeUntil: deps.refusals.isThrottled(tenant) ? startedAt : startedAt + leaseFreeMs,
    budgetEndsAt: startedAt + input.waitMs,
  };
  try {
    const { page, waitedFully } = await readUntilFound(deps, { ...input, position }, wait);
    return {
      events: page.events.map(({ event }) => event),
      position: encodePosition(tenant, page.next),
      waitedFully,
    };
  } finally {
    await wait.lease?.release();
  }
}

/**
 * Where a reader starts. Throws `bad-cursor`, and `event-log-off` if the deployment has no event log.
 * @param after a position, or `now`; undefined for the oldest event that is kept
 */
export async function startPosition(
  deps: ReadLogDeps,
  tenant: string,
  after: string | undefined,
): Promise<LogPosition> {
  if (deps.settings.eventLogDays === 0)
    throw new ProblemError(
      'event-log-off',
      'This deployment keeps no event log (its setting eventLogDays is 0): follow each job with GET /v1/jobs/{id}/events, or receive events from the bus',
    );
  if (after === undefined) return logStart;
  if (after !== 'now') return decodePosition(tenant, after);
  const now = deps.clock.now();
  const [last] = await deps.eventLog.newest(tenant, 1);
  // An empty log has no last entry; its first one is still to come.
  return seenAt(
    { number: last === undefined ? 0 : last.number + 1, index: 0, notBefore: last?.at ?? 0 },
    now,
  );
}

interface Wait {
  readonly budgetEndsAt: number;
  /** A read after this time needs a lease, in epoch milliseconds. */
  readonly freeUntil: number;
  lease?: ActiveLease | undefined;
}

/** An entry is often followed by the next one soon. */
const firstPauseMs = 50;
const pauseGrowth = 1.6;
/** An event is found at most this much later. */
const longestPauseMs = 1000;

async function readUntilFound(
  deps: ListEventsDeps,
  input: ListEventsInput & { readonly position: LogPosition },
  wait: Wait,
): Promise<{ readonly page: LogPage; readonly waitedFully: boolean }> {
  let { position } = input;
  for (let pauseMs = firstPauseMs; ; ) {
    const page = await readLog(deps, { ...input, position });
    const now = deps.clock.now();
    if (page.events.length > 0 || now >= wait.budgetEndsAt) return { page, waitedFully: true };
    position = page.next;
    // A long log is scanned without pauses, but only with a lease once the free time is over.
    const readAt = page.isAtEnd ? Math.min(now + pauseMs, wait.budgetEndsAt) : now;
    if (readAt > wait.freeUntil) wait.lease ??= await takeLease(deps, input.tenant, wait.budgetEndsAt);
    if (readAt > wait.freeUntil && wait.lease === undefined) return { page, waitedFully: false };
    if (!(await sleepUntil(deps, readAt, wait.lease))) return { page, waitedFully: false };
    if (page.isAtEnd) pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs);
  }
}
