import type { Job } from '../../../core/jobs/model/job.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';

const parallelInserts = 40;

/** Inserts many jobs, several at a time. */
export async function insertAll(store: JobStore, jobs: readonly Job[]): Promise<void> {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.pop(); job !== undefined; job = queue.pop()) await store.insert(job);
  };
  await Promise.all(Array.from({ length: parallelInserts }, worker));
}
