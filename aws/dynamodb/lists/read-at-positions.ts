import type { Job } from '../../../core/jobs/model/job.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { getJobs } from '../job-items/get-jobs.ts';
import type { Table } from '../table/table.ts';
import type { ReadJobBatch } from './job-batch.ts';
import { keyTaker } from './job-index-reader.ts';

const idLength = 36;

/** A list in another order than that of the IDs. */
export interface PositionedList {
  readonly tenant: string;
  /** The positions of jobs in the order of the list. A position ends in the ID of its job. */
  readonly positions: AsyncIterator<string, void>;
  /** The current position of a job; undefined if it is not in the list. */
  readonly positionOf: (job: Job) => string | undefined;
}

/** Reads the jobs at the positions of a list. A job that has another position now is left out. */
export function readAtPositions(
  table: Table,
  { tenant, positions, positionOf }: PositionedList,
): ReadJobBatch {
  const takePositions = keyTaker(positions);
  return async (count) => {
    const { keys, next } = await takePositions(count);
    const ids = new Set(keys.map((position) => position.slice(-idLength)));
    const jobs = new Map(
      (await getJobs(table, { tenant, ids: [...ids] })).map((job) => [positionOf(job), job]),
    );
    return {
      jobs: keys.flatMap((position) => jobs.get(position) ?? []),
      examined: keys.length,
      ...omitUndefined({ next }),
    };
  };
}
