import type { JobEvent } from '../contract/event-schemas.ts';
import { ProblemError } from '../contract/problem-error.ts';
import { deletedEvent } from '../events/deleted-event.ts';
import { jobEvents } from '../events/job-events.ts';
import { readCursor, writeCursor } from '../paging/cursor.ts';
import type { JobKey } from '../ports/job-store.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { sequenceOf } from './job.ts';

export interface GetEventsInput {
  readonly key: JobKey;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

/** A page of a job's events in their order. Throws `not-found` and `bad-cursor`. */
export async function getEvents(
  deps: GetJobDeps,
  { key, baseUrl, cursor, limit }: GetEventsInput,
): Promise<{ readonly events: readonly JobEvent[]; readonly nextCursor?: string }> {
  const { tell, count } = await logOf(deps, key, baseUrl);
  const identity = { list: 'events', tenant: key.tenant, jobId: key.jobId };
  const after = cursor === undefined ? 0 : Number(readCursor(identity, cursor));
  if (!Number.isSafeInteger(after) || after < 0)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const events = tell(after).slice(0, limit);
  const last = after + events.length;
  return last < count ? { events, nextCursor: writeCursor(identity, String(last)) } : { events };
}

/** A deleted job's events stay readable, and the last one tells of its deletion. */
async function logOf(deps: GetJobDeps, key: JobKey, baseUrl: string) {
  const job = await deps.jobs.get(key);
  const tombstone = job === undefined ? await deps.jobs.tombstone(key) : undefined;
  if (tombstone === undefined) {
    const found = job ?? (await getJob(deps, key));
    return { count: sequenceOf(found), tell: (after: number) => jobEvents(found, baseUrl, after) };
  }
  const all = [...jobEvents(tombstone.job, baseUrl), deletedEvent(tombstone, baseUrl)];
  return { count: all.length, tell: (after: number) => all.slice(after) };
}
