import type { JobKey } from '../../../core/ports/job-store.ts';
import { inParallel } from '../../../core/std/in-parallel.ts';
import type { Table } from '../table/table.ts';
import { type DueEntry, type DuePartition, duePartitions, readDuePartition } from './due-partitions.ts';

const parallelReads = 32;

/**
 * The jobs that are due by `now`, at most `limit`, those waiting longest first within a round over all shards and
 * tenants. Each round asks every place that has more for an equal share, so that a flood in one hides no other, and the
 * cost grows with what is due and the number of tenants only. A job that is between two places is given once.
 */
export async function listDueJobs(table: Table, now: number, limit: number): Promise<readonly JobKey[]> {
  const due = new Map<string, JobKey>();
  let partitions: readonly DuePartition[] = await duePartitions(table);
  while (due.size < limit && partitions.length > 0) {
    const share = Math.ceil((limit - due.size) / partitions.length);
    const pages = await inParallel(partitions, parallelReads, (place) =>
      readDuePartition(table, place, { now, limit: share }),
    );
    for (const { tenant, jobId } of longestDueFirst(pages.flatMap(({ entries }) => entries)))
      due.set(`${tenant}/${jobId}`, { tenant, jobId });
    partitions = pages.flatMap(({ next }) => next ?? []);
  }
  return [...due.values()].slice(0, limit);
}

function longestDueFirst(entries: readonly DueEntry[]): readonly DueEntry[] {
  return entries.toSorted((left, right) => left.nextCheckAt - right.nextCheckAt);
}
