import { isTerminal, type JobStatus, jobStatuses } from '../../contract/job-state.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobCounter, JobCounters } from '../../ports/job-counters.ts';
import type { JobFilter, JobStore } from '../../ports/job-store.ts';
import { dayAt, dayOf } from './day.ts';

/** The jobs to count; both times are the starts of UTC days. */
export interface GetJobStatsInput extends Pick<JobFilter, 'services' | 'createdAfter' | 'createdBefore'> {
  readonly tenant: string;
}

interface Counts {
  readonly total: number;
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
}

export interface DayStats extends Counts {
  readonly day: string;
  /** Absent for drafts without a service. */
  readonly service?: string;
  readonly meanDurationSeconds?: number;
}

export interface JobStats extends Counts {
  readonly items: readonly DayStats[];
  /** False if there are more unfinished jobs than were counted. */
  readonly complete: boolean;
}

const maxUnfinished = 1000;
const maxRows = 10_000;

const unfinishedStatuses = jobStatuses.filter((status) => !isTerminal(status));

/**
 * Counts jobs by status, service and day. Ended jobs come from counters, which lag by about a second and
 * include jobs that were deleted since; at most 1,000 unfinished jobs are read. Throws `invalid-request` if
 * there are more than 10,000 combinations of service and day.
 */
export async function getJobStats(
  { counters, jobs }: { readonly counters: Pick<JobCounters, 'list'>; readonly jobs: Pick<JobStore, 'list'> },
  input: GetJobStatsInput,
): Promise<JobStats> {
  const { tenant, services, createdAfter, createdBefore } = input;
  const [ended, unfinishedJobs] = await Promise.all([
    counters.list({
      tenant,
      services,
      from: createdAfter === undefined ? undefined : dayAt(createdAfter),
      before: createdBefore === undefined ? undefined : dayAt(createdBefore),
      limit: maxRows + 1,
    }),
    jobs.list({ ...input, statuses: unfinishedStatuses, limit: maxUnfinished }),
  ]);
  if (ended.length > maxRows)
    throw new ProblemError(
      'invalid-request',
      'The statistics have more than 10,000 combinations of service and day; narrow the filter',
    );
  const rows = ended.map(endedRow).concat(
    unfinishedJobs.jobs.map(({ id, service, status }) => ({
      day: dayOf(id),
      service: service?.name ?? '',
      byStatus: { [status]: 1 },
    })),
  );
  return { ...sumOf(rows), items: byDay(rows), complete: unfinishedJobs.next === undefined };
}

interface Row {
  readonly day: string;
  readonly service: string;
  readonly byStatus: Counts['byStatus'];
  readonly durationMs?: number;
}

function endedRow({ day, service, counts, durationMs }: JobCounter): Row {
  return { day, service, byStatus: counts, durationMs };
}

/** Sorted by day, the newest first, then by service. */
function byDay(rows: readonly Row[]): readonly DayStats[] {
  const groups = Map.groupBy(rows, ({ day, service }) => `${day} ${service}`);
  return [...groups.values()]
    .flatMap((group) => dayStats(group) ?? [])
    .sort((left, right) =>
      left.day === right.day
        ? compare(left.service ?? '', right.service ?? '')
        : compare(right.day, left.day),
    );
}

function dayStats(rows: readonly Row[]): DayStats | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const sum = sumOf(rows);
  const { succeeded = 0 } = sum.byStatus;
  const durationMs = rows.reduce((all, row) => all + (row.durationMs ?? 0), 0);
  return {
    day: first.day,
    ...(first.service === '' ? {} : { service: first.service }),
    ...sum,
    ...(succeeded === 0 ? {} : { meanDurationSeconds: durationMs / succeeded / 1000 }),
  };
}

/** The sum of all rows, without statuses that have no jobs. */
function sumOf(rows: readonly Row[]): Counts {
  const entries = jobStatuses.flatMap((status) => {
    const count = rows.reduce((sum, { byStatus }) => sum + (byStatus[status] ?? 0), 0);
    return count === 0 ? [] : [[status, count] as const];
  });
  return { total: entries.reduce((sum, [, count]) => sum + count, 0), byStatus: Object.fromEntries(entries) };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
