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
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The sequence number behind which the caller goes on; undefined: it knows nothing yet. */
  readonly after?: number | undefined;
  /** What was read of the log to decide that there is something to follow. */
  readonly log: EventLog;
  /** Aborts when nobody reads any longer. */
  readonly readerGone?: AbortSignal;
}

/**
 * What a follower is told. `snapshot`: the job as it was when its log was read. `silence`: nothing, but the connection is
 * alive. `later`: the stream closes before the job has ended; come again after so many seconds. `end`: no move will follow.
 */
export type FollowedEvent =
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'progress'; readonly jobId: string; readonly progress: Progress }
  | { readonly kind: 'silence' }
  | { readonly kind: 'later'; readonly seconds: number }
  | { readonly kind: 'end' };

/**
 * A function is not notified when its client disconnects, and runs on, so this is how long a reader that left counts as one on AWS. The
 * follower comes again behind what it has received.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
const longestMilliseconds = 60_000;
/** The job is looked at once a second, and a look takes its time: so a follower hears something at least every 10 s. */
const longestSilenceMilliseconds = 8000;
const laterSeconds = 5;
/** Otherwise a browser waits about 3 s. */
const nextSeconds = 1;
/** A move that was just made is often followed by the next one. */
const firstPauseMilliseconds = 50;
const growth = 1.6;
const longestPauseMilliseconds = 1000;

/**
 * Yields the events of a job in their order, each once, as they happen, and its progress, until its end, for a minute, or until
 * its reader has gone. Counts as a held call. When the job cannot be read any more it ends early, as when the time is over: the
 * follower comes again.
 */
export async function* followEvents(deps: FollowDeps, input: FollowInput): AsyncGenerator<FollowedEvent> {
  const { key, log, after } = input;
  if (after === undefined && log.job !== undefined) yield { kind: 'snapshot' };
  const deadline = deps.clock.now() + longestMilliseconds;
  const lease = log.isOver ? undefined : await takeLease(deps, key.tenant, deadline);
  try {
    yield* followUntil(deps, input, { deadline, lease });
  } finally {
    await lease?.release();
  }
}

interface Limits {
  readonly deadline: number;
  /** Undefined when the call may not be held. */
  readonly lease: ActiveLease | undefined;
}

async function* followUntil(
  deps: FollowDeps,
  input: FollowInput,
  limits: Limits,
): AsyncGenerator<FollowedEvent> {
  const { key, baseUrl } = input;
  let { after: seen = 0, log } = input;
  // The snapshot told it.
  let progress = input.after === undefined ? log.job?.progress : undefined;
  let [pause, lastSentAt] = [firstPauseMilliseconds, deps.clock.now()];
  for (;;) {
    const news = [...newsOf(log, { seen, progress })];
    yield* news;
    if (log.isOver) return yield { kind: 'end' };
    const seconds = await secondsToLeave(deps, limits);
    if (seconds !== undefined) return yield { kind: 'later', seconds };
    const now = deps.clock.now();
    const isSilent = news.length === 0 && now - lastSentAt >= longestSilenceMilliseconds;
    if (isSilent) yield { kind: 'silence' };
    if (isSilent || news.length > 0) lastSentAt = now;
    if (news.length > 0) pause = firstPauseMilliseconds;
    [seen, progress] = [log.count, log.job?.progress];
    await deps.clock.sleep(Math.max(0, Math.min(pause, limits.deadline - now)));
    if (input.readerGone?.aborted) return;
    pause = Math.min(pause * growth, longestPauseMilliseconds);
    const next = await readAgain(deps, key, baseUrl);
    if (next === undefined) return;
    log = next;
  }
}

/** Undefined while the stream may go on; else after how many seconds its follower is to come again. */
async function secondsToLeave(deps: FollowDeps, { deadline, lease }: Limits): Promise<number | undefined> {
  if (lease === undefined) return laterSeconds;
  const now = deps.clock.now();
  if (now >= deadline) return nextSeconds;
  return now < lease.renewAt || (await lease.renew()) ? undefined : laterSeconds;
}

function* newsOf(
  log: EventLog,
  { seen, progress }: { readonly seen: number; readonly progress: Progress | undefined },
): Generator<FollowedEvent> {
  for (const event of log.describe(seen)) yield { kind: 'event', event };
  const { job } = log;
  if (job?.progress === undefined || log.isOver || isDeepStrictEqual(job.progress, progress)) return;
  yield { kind: 'progress', jobId: job.id, progress: job.progress };
}

/** A stream that has begun can answer no problem. */
async function readAgain(deps: FollowDeps, key: JobKey, baseUrl: string): Promise<EventLog | undefined> {
  try {
    return await readEventLog(deps, key, baseUrl);
  } catch (error) {
    deps.log.warn('stream-broken', { ...key, error: asError(error) });
    return undefined;
  }
}
