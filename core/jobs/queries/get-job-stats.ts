import { type JobStatus, jobStatuses } from '../../contract/job-state.ts';
import { type CountedRowsDeps, type CountedRowsInput, countedRows } from './stats/counted-rows.ts';
import { type ListedRowsDeps, listedRows } from './stats/listed-rows.ts';
import type { StatsRow } from './stats/stats-row.ts';

/** The jobs to count. */
export interface GetJobStatsInput extends CountedRowsInput {
  /** A tag that the jobs have. */
  readonly tag?: string;
  /** The group of the jobs. */
  readonly group?: string;
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
  /** False if there are more jobs, or more unfinished jobs, than were counted. */
  readonly complete: boolean;
}

/**
 * Counts jobs by status, service and day. Ended jobs come from counters, which lag by about a second and include jobs that were
 * deleted since; at most 1,000 unfinished jobs are read. With a tag or a group, the jobs that have it are read: the newest
 * 10,000, or those that can be read within ten seconds, without deleted jobs. Throws `invalid-request` if there are more than 10,000
 * combinations of service and day.
 */
export async function getJobStats(
  deps: CountedRowsDeps & ListedRowsDeps,
  input: GetJobStatsInput,
): Promise<JobStats> {
  const { rows, complete } = await (input.tag === undefined && input.group === undefined
    ? countedRows(deps, input)
    : listedRows(deps, input));
  return { ...sumOf(rows), items: byDay(rows), complete };
}

/** Sorted by day, the newest first, then by service. */
function byDay(rows: readonly StatsRow[]): readonly DayStats[] {
  const groups = Map.groupBy(rows, ({ day, service }) => `${day} ${service}`);
  return [...groups.values()]
    .flatMap((group) => dayStats(group) ?? [])
    .sort((left, right) =>
      left.day === right.day
        ? compare(left.service ?? '', right.service ?? '')
        : compare(right.day, left.day),
    );
}

function dayStats(rows: readonly StatsRow[]): DayStats | undefined {
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
function sumOf(rows: readonly StatsRow[]): Counts {
  const entries = jobStatuses.flatMap((status) => {
    const count = rows.reduce((sum, { byStatus }) => sum + (byStatus[status] ?? 0), 0);
    return count === 0 ? [] : [[status, count] as const];
  });
  return { total: entries.reduce((sum, [, count]) => sum + count, 0), byStatus: Object.fromEntries(entries) };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
