import type { JobStatus } from '../../../contract/job-state.ts';
import type { Job } from '../../model/job.ts';
import { dayOf } from '../day.ts';

/** Some jobs of one service that were created on one day. */
export interface StatsRow {
  readonly day: string;
  /** Empty for drafts without a service. */
  readonly service: string;
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
  /** Total time from `pending` to the end of those that succeeded. */
  readonly durationMs?: number;
}

/** The rows of the requested jobs; several rows may have the same day and service. */
export interface StatsRows {
  readonly rows: readonly StatsRow[];
  /** False if there are more jobs than were counted. */
  readonly complete: boolean;
}

/** The row of one job. */
export function rowOf(job: Job): StatsRow {
  const { id, service, status } = job;
  return {
    day: dayOf(id),
    service: service?.name ?? '',
    byStatus: { [status]: 1 },
    ...(status === 'succeeded' ? { durationMs: durationOf(job) } : {}),
  };
}

/** Milliseconds from `pending` to the end of a job that has ended: excludes the time as a draft and waiting for dependencies. */
export function durationOf({ transitions, requestedAt, finishedAt, updatedAt }: Job): number {
  const queued = transitions.find(({ status }) => status === 'pending');
  return (finishedAt ?? updatedAt) - (queued?.at ?? requestedAt);
}
