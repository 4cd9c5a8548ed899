import { isDeepStrictEqual } from 'node:util';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { Progress } from '../jobs/model/job.ts';
import type { GetJobDeps } from '../jobs/queries/get-job.ts';
import { type LeaseDeps, takeLease } from '../jobs/waiting/leases.ts';
import type { JobKey } from '../ports/job-store.ts';
import { asError } from '../std/as-error.ts';
import { type EventHistory, readEventHistory } from './event-history.ts';
import {
  firstPauseMs,
  keepAliveMs,
  longestPauseMs,
  maxStreamMs,
  pauseGrowth,
  type StreamLimits,
  secondsUntilReconnect,
} from './stream-limits.ts';

export type FollowDeps = GetJobDeps & LeaseDeps;

export interface FollowInput {
  readonly key: JobKey;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The sequence number after which the client continues; undefined if it has received nothing yet. */
  readonly after?: number | undefined;
  /** The history that was read to decide whether there is something to follow. */
  readonly history: EventHistory;
  /** Aborts when the client has disconnected. */
  readonly disconnected?: AbortSignal;
}

/**
 * The messages of a stream. `snapshot`: the job as it was when its history was read. `keep-alive`: there is
 * nothing new. `reconnect`: the stream closes before the job has ended; reconnect after `seconds`. `end`: no
 * transition will follow.
 */
export type FollowedEvent =
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'progress'; readonly jobId: string; readonly progress: Progress }
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'reconnect'; readonly seconds: number }
  | { readonly kind: 'end' };

/**
 * Yields the events of a job in order, each once, as they occur, and its progress, until its end, for a
 * minute, or until the client has disconnected. Counts as a long poll. If the job cannot be read any more,
 * the stream ends early, as when its time is over: the client reconnects.
 */
export async function* followEvents(deps: FollowDeps, input: FollowInput): AsyncGenerator<FollowedEvent> {
  const { key, history, after } = input;
  if (after === undefined && history.job !== undefined) yield { kind: 'snapshot' };
  const budgetEndsAt = deps.clock.now() + maxStreamMs;
  const lease = history.isOver ? undefined : await takeLease(deps, key.tenant, budgetEndsAt);
  try {
    yield* followUntil(deps, input, { budgetEndsAt, lease });
  } finally {
    await lease?.release();
  }
}

async function* followUntil(
  deps: FollowDeps,
  input: FollowInput,
  limits: StreamLimits,
): AsyncGenerator<FollowedEvent> {
  const { key, baseUrl } = input;
  let { after: delivered = 0, history } = input;
  // The snapshot contains it.
  let progress = input.after === undefined ? history.job?.progress : undefined;
  let pauseMs = firstPauseMs;
  let lastSentAt = deps.clock.now();
  for (;;) {
    const updates = [...updatesOf(history, { delivered, progress })];
    yield* updates;
    if (history.isOver) return yield { kind: 'end' };
    const seconds = await secondsUntilReconnect(deps, limits);
    if (seconds !== undefined) return yield { kind: 'reconnect', seconds };
    const now = deps.clock.now();
    const isIdle = updates.length === 0 && now - lastSentAt >= keepAliveMs;
    if (isIdle) yield { kind: 'keep-alive' };
    if (isIdle || updates.length > 0) lastSentAt = now;
    if (updates.length > 0) pauseMs = firstPauseMs;
    delivered = history.count;
    progress = history.job?.progress;
    await deps.clock.sleep(Math.max(0, Math.min(pauseMs, limits.budgetEndsAt - now)));
    if (input.disconnected?.aborted) return;
    pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs);
    const next = await readAgain(deps, key, baseUrl);
    if (next === undefined) return;
    history = next;
  }
}

function* updatesOf(
  history: EventHistory,
  { delivered, progress }: { readonly delivered: number; readonly progress: Progress | undefined },
): Generator<FollowedEvent> {
  for (const event of history.eventsAfter(delivered)) yield { kind: 'event', event };
  const { job } = history;
  if (job?.progress === undefined || history.isOver || isDeepStrictEqual(job.progress, progress)) return;
  yield { kind: 'progress', jobId: job.id, progress: job.progress };
}

/** A stream that has started can no longer respond with a problem. */
async function readAgain(deps: FollowDeps, key: JobKey, baseUrl: string): Promise<EventHistory | undefined> {
  try {
    return await readEventHistory(deps, key, baseUrl);
  } catch (error) {
    deps.log.warn('stream-failed', { ...key, error: asError(error) });
    return undefined;
  }
}
