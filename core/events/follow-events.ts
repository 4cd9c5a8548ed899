import { isDeepStrictEqual } from 'node:util';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { Progress } from '../jobs/model/job.ts';
import type { GetJobDeps } from '../jobs/queries/get-job.ts';
import { type ActiveLease, type LeaseDeps, takeLease } from '../jobs/waiting/leases.ts';
import type { JobKey } from '../ports/job-store.ts';
import { asError } from '../std/as-error.ts';
import { type EventLog, readEventLog } from './event-log.ts';

export type FollowDeps = GetJobDeps & LeaseDeps;

export interface FollowInput {
  readonly key: JobKey;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The sequence number after which the client continues; undefined if it has received nothing yet. */
  readonly after?: number | undefined;
  /** The log that was read to decide whether there is something to follow. */
  readonly log: EventLog;
  /** Aborts when the client has disconnected. */
  readonly disconnected?: AbortSignal;
}

/**
 * The messages of a stream. `snapshot`: the job as it was when its log was read. `silence`: no news, but the
 * connection is alive. `later`: the stream closes before the job has ended; reconnect after so many seconds.
 * `end`: no transition will follow.
 */
export type FollowedEvent =
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'progress'; readonly jobId: string; readonly progress: Progress }
  | { readonly kind: 'silence' }
  | { readonly kind: 'later'; readonly seconds: number }
  | { readonly kind: 'end' };

/**
 * A function is not notified when its client disconnects, and continues to run: so long a disconnected client
 * counts as a connected one on AWS. A client that is still interested reconnects after the last event that it
 * has received.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
const maxStreamMs = 60_000;
/**
 * The job is read once a second, and a read takes time: so a client receives something at least every 10 s.
 */
const maxSilenceMs = 8000;
const leaseRetrySeconds = 5;
/** Without this value a browser waits about 3 s. */
const reconnectSeconds = 1;
/** A transition is often followed by the next one soon. */
const firstPauseMs = 50;
const growth = 1.6;
const longestPauseMs = 1000;

/**
 * Yields the events of a job in order, each once, as they occur, and its progress, until its end, for a
 * minute, or until the client has disconnected. Counts as a waiting call. If the job cannot be read any more,
 * the stream ends early, as when its time is over: the client reconnects.
 */
export async function* followEvents(deps: FollowDeps, input: FollowInput): AsyncGenerator<FollowedEvent> {
  const { key, log, after } = input;
  if (after === undefined && log.job !== undefined) yield { kind: 'snapshot' };
  const deadline = deps.clock.now() + maxStreamMs;
  const lease = log.isOver ? undefined : await takeLease(deps, key.tenant, deadline);
  try {
    yield* followUntil(deps, input, { deadline, lease });
  } finally {
    await lease?.release();
  }
}

interface Limits {
  readonly deadline: number;
  /** Undefined if the call must not wait. */
  readonly lease: ActiveLease | undefined;
}

async function* followUntil(
  deps: FollowDeps,
  input: FollowInput,
  limits: Limits,
): AsyncGenerator<FollowedEvent> {
  const { key, baseUrl } = input;
  let { after: delivered = 0, log } = input;
  // The snapshot contains it.
  let progress = input.after === undefined ? log.job?.progress : undefined;
  let [pause, lastSentAt] = [firstPauseMs, deps.clock.now()];
  for (;;) {
    const updates = [...updatesOf(log, { delivered, progress })];
    yield* updates;
    if (log.isOver) return yield { kind: 'end' };
    const seconds = await secondsUntilReconnect(deps, limits);
    if (seconds !== undefined) return yield { kind: 'later', seconds };
    const now = deps.clock.now();
    const isSilent = updates.length === 0 && now - lastSentAt >= maxSilenceMs;
    if (isSilent) yield { kind: 'silence' };
    if (isSilent || updates.length > 0) lastSentAt = now;
    if (updates.length > 0) pause = firstPauseMs;
    [delivered, progress] = [log.count, log.job?.progress];
    await deps.clock.sleep(Math.max(0, Math.min(pause, limits.deadline - now)));
    if (input.disconnected?.aborted) return;
    pause = Math.min(pause * growth, longestPauseMs);
    const next = await readAgain(deps, key, baseUrl);
    if (next === undefined) return;
    log = next;
  }
}

/** Undefined while the stream may continue; else the seconds after which the client is to reconnect. */
async function secondsUntilReconnect(
  deps: FollowDeps,
  { deadline, lease }: Limits,
): Promise<number | undefined> {
  if (lease === undefined) return leaseRetrySeconds;
  const now = deps.clock.now();
  if (now >= deadline) return reconnectSeconds;
  return now < lease.renewAt || (await lease.renew()) ? undefined : leaseRetrySeconds;
}

function* updatesOf(
  log: EventLog,
  { delivered, progress }: { readonly delivered: number; readonly progress: Progress | undefined },
): Generator<FollowedEvent> {
  for (const event of log.describe(delivered)) yield { kind: 'event', event };
  const { job } = log;
  if (job?.progress === undefined || log.isOver || isDeepStrictEqual(job.progress, progress)) return;
  yield { kind: 'progress', jobId: job.id, progress: job.progress };
}

/** A stream that has started can no longer respond with a problem. */
async function readAgain(deps: FollowDeps, key: JobKey, baseUrl: string): Promise<EventLog | undefined> {
  try {
    return await readEventLog(deps, key, baseUrl);
  } catch (error) {
    deps.log.warn('stream-failed', { ...key, error: asError(error) });
    return undefined;
  }
}
