import { ProblemError } from '../contract/problems/problem-error.ts';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import type { GetJobDeps } from '../jobs/queries/get-job.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { JobKey } from '../ports/job-store.ts';
import { readEventHistory } from './event-history.ts';

export interface GetEventsInput {
  readonly key: JobKey;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

/**
 * A page of a job's events in order; short if more would not fit in a response. Throws `not-found` and
 * `bad-cursor`.
 */
export async function getEvents(
  deps: GetJobDeps,
  { key, baseUrl, cursor, limit }: GetEventsInput,
): Promise<{ readonly events: readonly JobEvent[]; readonly nextCursor?: string }> {
  const { eventsAfter, count } = await readEventHistory(deps, key, baseUrl);
  const identity = { list: 'events', tenant: key.tenant, jobId: key.jobId };
  const after = cursor === undefined ? 0 : Number(decodeCursor(identity, cursor));
  if (!Number.isSafeInteger(after) || after < 0)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const requested = eventsAfter(after).slice(0, limit);
  const events = requested.slice(0, countThatFit(requested));
  const last = after + events.length;
  return last < count ? { events, nextCursor: encodeCursor(identity, String(last)) } : { events };
}
