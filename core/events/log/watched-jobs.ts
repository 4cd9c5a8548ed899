import { isTerminal, type JobStatus } from '../../contract/job-state.ts';
import { sequenceOf } from '../../jobs/model/job.ts';
import type { EventReference } from '../../ports/events/event-log.ts';
import { eventId } from './event-references.ts';
import type { LogPosition } from './log-position.ts';
import type { ReadLogDeps } from './read-log.ts';

/** The jobs that a stream of the event log watches, and which of them may still have events. */
export interface WatchedJobs {
  /** Takes events into account that the stream has passed. */
  pass(events: readonly EventReference[]): void;
  /** True if no event of any of the jobs will follow, except for a later deletion. */
  isOver(now: number): boolean;
}

/**
 * The last event of a job that has ended is in the log after this time. If it is not, it could not be appended:
 * the operator publishes it again later (events.md), and streams do not wait for it.
 */
const publicationMs = 60_000;
/** The entries before the position in which the last events of jobs are searched. */
const searchedEntries = 200;

/**
 * Watches jobs until the last event of each of them has passed. The log may still lack the last event of a job
 * that has ended, and the stream may continue after the last event of a job: a job counts as over once its last
 * event has passed, is found before the position, or must have been appended long ago. A job that does not
 * exist is over.
 */
export async function watchJobs(
  deps: ReadLogDeps,
  tenant: string,
  { jobIds, position }: { readonly jobIds: readonly string[]; readonly position: LogPosition },
): Promise<WatchedJobs> {
  const running = new Set<string>();
  /** By the ID of the last event: the time after which it is no longer awaited. */
  const awaited = new Map<string, number>();
  for (const record of await deps.jobs.getRecords(tenant, jobIds)) {
    const [job, deleted] = 'deletedAt' in record ? [record.job, 1] : [record, 0];
    const endedAt = 'deletedAt' in record ? record.deletedAt : job.updatedAt;
    if (deleted === 0 && !isTerminal(job.status)) running.add(job.id);
    else
      awaited.set(eventId({ jobId: job.id, sequence: sequenceOf(job) + deleted }), endedAt + publicationMs);
  }
  const pass = (events: readonly EventReference[]) => {
    for (const event of events) {
      awaited.delete(eventId(event));
      if (isLast(event)) running.delete(event.jobId);
    }
  };
  if (awaited.size > 0) pass(await eventsBefore(deps, tenant, position));
  return {
    pass,
    isOver: (now) => running.size === 0 && [...awaited.values()].every((until) => until < now),
  };
}

function isLast({ kind }: EventReference): boolean {
  return kind === 'deleted' || isTerminal(kind as JobStatus); // every other kind is a state
}

async function eventsBefore(
  deps: ReadLogDeps,
  tenant: string,
  { number, index }: LogPosition,
): Promise<readonly EventReference[]> {
  const from = Math.max(0, number - searchedEntries);
  const entries = await deps.eventLog.read({ tenant, from, limit: searchedEntries + 1 });
  return entries.flatMap((entry) => {
    if (entry.number === number) return entry.events.slice(0, index);
    return entry.number < number ? entry.events : [];
  });
}
