import { isTerminal, jobStatuses } from '../../../contract/job-state.ts';
import { ProblemError } from '../../../contract/problems/problem-error.ts';
import type { JobCounter, JobCounters } from '../../../ports/job-counters.ts';
import type { JobFilter, JobStore } from '../../../ports/job-store.ts';
import { dayAt } from '../day.ts';
import { rowOf, type StatsRow, type StatsRows } from './stats-row.ts';

export interface CountedRowsDeps {
  readonly counters: Pick<JobCounters, 'list'>;
  readonly jobs: Pick<JobStore, 'list'>;
}

/** The jobs to count; both times are the starts of UTC days. */
export interface CountedRowsInput extends Pick<JobFilter, 'services' | 'createdAfter' | 'createdBefore'> {
  readonly tenant: string;
}

const maxUnfinished = 1000;
const maxRows = 10_000;

const unfinishedStatuses = jobStatuses.filter((status) => !isTerminal(status));

/**
 * Ended jobs come from counters, which lag by about a second and include jobs that were deleted since; at most 1,000 unfinished
 * jobs are read. Throws `invalid-request` if there are more than 10,000 combinations of service and day.
 */
export async function countedRows(
  { counters, jobs }: CountedRowsDeps,
  input: CountedRowsInput,
): Promise<StatsRows> {
  const { tenant, services, createdAfter, createdBefore } = input;
  const [ended, unfinished] = await Promise.all([
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
  return {
    rows: [...ended.map(endedRow), ...unfinished.jobs.map(rowOf)],
    complete: unfinished.next === undefined,
  };
}

function endedRow({ day, service, counts, durationMs }: JobCounter): StatsRow {
  return { day, service, byStatus: counts, durationMs };
}
