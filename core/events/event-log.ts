import { isTerminal } from '../contract/job-state.ts';
import type { JobEvent } from '../contract/schemas/event-schemas.ts';
import { type Job, sequenceOf } from '../jobs/model/job.ts';
import { type GetJobDeps, getJob } from '../jobs/queries/get-job.ts';
import type { JobKey } from '../ports/job-store.ts';
import { deletedEvent } from './deleted-event.ts';
import { jobEvents } from './job-events.ts';

/** The events of one job as they are now. */
export interface EventLog {
  /** Absent when it was deleted. */
  readonly job?: Job;
  /** How many there are: the sequence number of the newest. */
  readonly count: number;
  /** True when the job has ended or is gone, so that no move follows. */
  readonly isOver: boolean;
  /** Those behind a sequence number, 0 for all, in their order. */
  describe(after: number): readonly JobEvent[];
}

/**
 * Reads the events of a job. A deleted job's stay readable, and the last one tells of its deletion. Throws `not-found`.
 * @param baseUrl without a slash at its end
 */
export async function readEventLog(deps: GetJobDeps, key: JobKey, baseUrl: string): Promise<EventLog> {
  const found = await deps.jobs.get(key);
  const tombstone = found === undefined ? await deps.jobs.tombstone(key) : undefined;
  if (tombstone !== undefined) {
    const all = [...jobEvents(tombstone.job, baseUrl), deletedEvent(tombstone, baseUrl)];
    return { count: all.length, isOver: true, describe: (after) => all.slice(after) };
  }
  // What is neither there nor buried is told as every route tells it.
  const job = found ?? (await getJob(deps, key));
  const describe = (after: number) => jobEvents(job, baseUrl, after);
  return { job, count: sequenceOf(job), isOver: isTerminal(job.status), describe: describe };
}
