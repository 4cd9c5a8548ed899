import { isDeepStrictEqual } from 'node:util';
import type { JobEvent } from '../contract/event-schemas.ts';
import type { GetJobDeps } from '../jobs/get-job.ts';
import { asError, type LeaseDeps, releaseLease, takeLease } from '../jobs/hold/leases.ts';
import type { Progress } from '../jobs/job.ts';
import type { JobKey } from '../ports/job-store.ts';
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
}

/**
 * What a follower is told. `snapshot`: the job as it was when its log was read. `silence`: nothing, but the connection is
 * alive. `later`: the tenant follows too much at a time already; look again after so many seconds. `end`: no move will follow.
 */
export type Told =
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'event'; readonly event: JobEvent }
  | { readonly kind: 'progress'; readonly jobId: string; readonly progress: Progress }
  | { readonly kind: 'silence' }
  | { readonly kind: 'later'; readonly seconds: number }
  | { readonly kind: 'end' };

/** API Gateway closes a stream after 5 minutes; the follower comes again behind what it has heard. */
const longestMilliseconds = 240_000;
/** The job is looked at once a second, and a look takes its time: so a follower hears something at least every 10 s. */
const longestSilenceMilliseconds = 8000;
const laterSeconds = 5;
/** A move that was just made is often followed by the next one. */
const firstPauseMilliseconds = 50;
const growth = 1.6;
const longestPauseMilliseconds = 1000;

/**
 * Tells the events of a job in their order, each once, as they happen, and its progress, until its end or for 4 minutes. Counts
 * as a held call. When the job cannot be read any more it ends early, as when the time is over: the follower comes again.
 */
export async function* followEvents(deps: FollowDeps, input: FollowInput): AsyncGenerator<Told> {
  const { key, log, after } = input;
  if (after === undefined && log.job !== undefined) yield { kind: 'snapshot' };
  const deadline = deps.clock.now() + longestMilliseconds;
  const lease = log.isOver ? undefined : await takeLease(deps, key.tenant, deadline);
  const isHeld = log.isOver || lease !== undefined;
  try {
    yield* tellUntil(deps, input, isHeld ? deadline : deps.clock.now());
    if (!isHeld) yield { kind: 'later', seconds: laterSeconds };
  } finally {
    if (lease !== undefined) await releaseLease(deps, lease);
  }
}

async function* tellUntil(deps: FollowDeps, input: FollowInput, deadline: number): AsyncGenerator<Told> {
  const { key, baseUrl } = input;
  let { after: seen = 0, log } = input;
  // The snapshot told it.
  let progress = input.after === undefined ? log.job?.progress : undefined;
  let [pause, spokenAt] = [firstPauseMilliseconds, deps.clock.now()];
  for (;;) {
    const news = [...newsOf(log, { seen, progress })];
    yield* news;
    if (log.isOver) return yield { kind: 'end' };
    const now = deps.clock.now();
    if (now >= deadline) return;
    const isSilent = news.length === 0 && now - spokenAt >= longestSilenceMilliseconds;
    if (isSilent) yield { kind: 'silence' };
    if (isSilent || news.length > 0) spokenAt = now;
    if (news.length > 0) pause = firstPauseMilliseconds;
    [seen, progress] = [log.count, log.job?.progress];
    await deps.clock.sleep(Math.min(pause, deadline - now));
    pause = Math.min(pause * growth, longestPauseMilliseconds);
    const next = await readAgain(deps, key, baseUrl);
    if (next === undefined) return;
    log = next;
  }
}

function* newsOf(
  log: EventLog,
  { seen, progress }: { readonly seen: number; readonly progress: Progress | undefined },
): Generator<Told> {
  for (const event of log.tell(seen)) yield { kind: 'event', event };
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
