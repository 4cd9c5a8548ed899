import { isTerminal } from '../contract/job-state.ts';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import { type Job, sequenceOf } from '../jobs/model/job.ts';
import { type GetJobDeps, getJob } from '../jobs/queries/get-job.ts';
import type { JobKey } from '../ports/job-store.ts';
import { deletedEvent } from './deleted-event.ts';
import { jobEvents } from './job-events.ts';

/** The current events of one job. */
export interface EventHistory {
  /** Absent if the job was deleted. */
  readonly job?: Job;
  /** The number of events: the sequence number of the newest. */
  readonly count: number;
  /** True if the job has ended or was deleted, so that no transition follows. */
  readonly isOver: boolean;
  /** The events after a sequence number, 0 for all, in order. */
  eventsAfter(after: number): readonly JobEvent[];
}

/**
 * Reads the events of a job. The events of a deleted job stay readable; the last one reports its deletion.
 * Throws `not-found`.
 * @param baseUrl without a trailing slash
 */
export async function readEventHistory(
  deps: GetJobDeps,
  key: JobKey,
  baseUrl: string,
): Promise<EventHistory> {
  const current = await deps.jobs.get(key);
  const tombstone = current === undefined ? await deps.jobs.tombstone(key) : undefined;
  if (tombstone !== undefined) {
    const all = [...jobEvents(tombstone.job, baseUrl), deletedEvent(tombstone, baseUrl)];
    return { count: all.length, isOver: true, eventsAfter: (after) => all.slice(after) };
  }
  // A missing job without a tombstone is reported as by every other route.
  const job = current ?? (await getJob(deps, key));
  const eventsAfter = (after: number) => jobEvents(job, baseUrl, after);
  return { job, count: sequenceOf(job), isOver: isTerminal(job.status), eventsAfter };
}
