import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import { type LeaseDeps, takeLease } from '../../jobs/waiting/leases.ts';
import { leaseFreeMs } from '../../jobs/waiting/sleep-until.ts';
import { asError } from '../../std/as-error.ts';
import {
  firstPauseMs,
  keepAliveMs,
  longestPauseMs,
  maxStreamMs,
  pauseGrowth,
  type StreamLimits,
  secondsUntilReconnect,
} from '../stream-limits.ts';
import { encodePosition } from './log-position.ts';
import { type LogPage, type LogQuery, type ReadLogDeps, readLog } from './read-log.ts';
import { type WatchedJobs, watchJobs } from './watched-jobs.ts';

export type FollowLogDeps = ReadLogDeps & LeaseDeps;

/** A stream of the event log before its first message; reading it may still lead to a problem response. */
export interface LogStart {
  readonly query: LogQuery;
  readonly page: LogPage;
  /** Only if the filter has jobs. */
  readonly watched: WatchedJobs | undefined;
  /** True if nothing will follow the position. */
  readonly isOver: boolean;
}

/**
 * The messages of a stream, each with the position after it. `keep-alive`: there is nothing new. `reconnect`: the
 * stream closes before its end; reconnect after `seconds`. `end`: all watched jobs have ended.
 */
export type LogMessage = { readonly position: string } & (
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'reconnect'; readonly seconds: number }
  | { readonly kind: 'end' }
);

/** Reads the first page of a stream. Throws `position-expired`. */
export async function startFollowing(deps: FollowLogDeps, query: LogQuery): Promise<LogStart> {
  const { tenant, filter, position } = query;
  // The jobs are read first: what happens to them later is in the log after the position.
  const watched =
    filter.jobIds === undefined
      ? undefined
      : await watchJobs(deps, tenant, { jobIds: filter.jobIds, position });
  const page = await readLog(deps, query);
  watched?.pass(page.passed);
  return { query, page, watched, isOver: page.events.length === 0 && isOver(deps, page, watched) };
}

function isOver(deps: FollowLogDeps, page: LogPage, watched: WatchedJobs | undefined): boolean {
  return page.isAtEnd && watched?.isOver(deps.clock.now()) === true;
}

/**
 * Yields the events of the log from the start on, each once, as they are appended: for a minute, until all
 * watched jobs have ended, or until the client has disconnected. Counts as a long poll. If the log cannot be read
 * any more, the stream ends early, as when its time is over: the client reconnects. A stream without a lease contains
 * its first page, and what else can be read in 100 ms.
 */
export async function* followLog(
  deps: FollowLogDeps,
  start: LogStart,
  disconnected: AbortSignal,
): AsyncGenerator<LogMessage> {
  const { tenant } = start.query;
  const budgetEndsAt = deps.clock.now() + maxStreamMs;
  const lease = start.isOver ? undefined : await takeLease(deps, tenant, budgetEndsAt);
  try {
    yield* followUntil(deps, start, { budgetEndsAt, lease, disconnected });
  } finally {
    await lease?.release();
  }
}

async function* followUntil(
  deps: FollowLogDeps,
  { query, page: firstPage, watched }: LogStart,
  limits: StreamLimits & { readonly disconnected: AbortSignal },
): AsyncGenerator<LogMessage> {
  let page = firstPage;
  let pauseMs = firstPauseMs;
  let lastSentAt = deps.clock.now();
  const freeUntil = lastSentAt + leaseFreeMs;
  for (;;) {
    const position = encodePosition(query.tenant, page.next);
    for (const { event, next } of page.events)
      yield { kind: 'event', event, position: encodePosition(query.tenant, next) };
    if (isOver(deps, page, watched)) return yield { kind: 'end', position };
    const seconds = await secondsUntilReconnect(deps, limits);
    const now = deps.clock.now();
    // As in a long poll, a scan of a long log needs a lease once the free time is over.
    const mayContinue = limits.lease === undefined && !page.isAtEnd && now < freeUntil;
    if (seconds !== undefined && !mayContinue) return yield { kind: 'reconnect', seconds, position };
    const hasNews = page.events.length > 0;
    const isIdle = !hasNews && now - lastSentAt >= keepAliveMs;
    if (isIdle) yield { kind: 'keep-alive', position };
    if (isIdle || hasNews) lastSentAt = now;
    if (hasNews) pauseMs = firstPauseMs;
    if (page.isAtEnd) {
      await deps.clock.sleep(Math.max(0, Math.min(pauseMs, limits.budgetEndsAt - now)));
      pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs);
    }
    if (limits.disconnected.aborted) return;
    const next = await readNext(deps, { ...query, position: page.next });
    if (next === undefined) return;
    watched?.pass(next.passed);
    page = next;
  }
}

/** A stream that has started can no longer respond with a problem. */
async function readNext(deps: FollowLogDeps, query: LogQuery): Promise<LogPage | undefined> {
  try {
    return await readLog(deps, query);
  } catch (error) {
    deps.log.warn('log-stream-failed', { tenant: query.tenant, error: asError(error) });
    return undefined;
  }
}
