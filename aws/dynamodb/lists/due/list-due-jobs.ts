import type { JobKey } from '../../../../core/ports/job-store.ts';
import { inParallel } from '../../../../core/std/in-parallel.ts';
import type { Table } from '../../table/table.ts';
import { type DueEntry, type DuePartition, duePartitions, readDuePartition } from './due-partitions.ts';

const parallelReads = 32;

/**
 * Lists the jobs that are due at `now`, at most `limit`, the longest due first within a round over all shards
 * and tenants. Each round requests an equal share from every partition that has more, so that a flood in one
 * does not hide the others, and the cost grows only with the number of due jobs and tenants. A job that is in
 * two partitions for a moment is returned once.
 */
export async function listDueJobs(table: Table, now: number, limit: number): Promise<readonly JobKey[]> {
  const due = new Map<string, JobKey>();
  let partitions: readonly DuePartition[] = await duePartitions(table);
  while (due.size < limit && partitions.length > 0) {
    const share = Math.ceil((limit - due.size) / partitions.length);
    const pages = await inParallel(partitions, parallelReads, (partition) =>
      readDuePartition(table, partition, { now, limit: share }),
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
