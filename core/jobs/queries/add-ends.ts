import type { JobCounter, JobEnd } from '../../ports/job-counters.ts';

/** A counter with the jobs that it has counted most recently, so that no job is counted twice. */
export interface RememberingCounter extends JobCounter {
  /** Hashes of the most recently counted jobs, the newest last. */
  readonly recent: readonly number[];
}

/** More than the number of records in a batch of the table's stream, which may be delivered again. */
export const maxRemembered = 128;

/** Adds ends to a counter; undefined if it has counted all of them before. */
export function addEnds(
  counter: RememberingCounter,
  ends: readonly JobEnd[],
): RememberingCounter | undefined {
  const countedHashes = new Set(counter.recent);
  const newEnds = new Map(
    ends.map((end) => [hash(end.jobId), end] as const).filter(([key]) => !countedHashes.has(key)),
  );
  if (newEnds.size === 0) return undefined;
  const counts = { ...counter.counts };
  let { durationMs } = counter;
  for (const end of newEnds.values()) {
    counts[end.status] += 1;
    if (end.status === 'succeeded') durationMs += end.durationMs;
  }
  const recent = [...counter.recent, ...newEnds.keys()].slice(-maxRemembered);
  return { ...counter, counts, durationMs, recent };
}

/** FNV-1a with 32 bits: the probability that two of 128 jobs have the same hash is 1 in 500,000. */
function hash(jobId: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < jobId.length; index += 1)
    value = Math.imul(value ^ jobId.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
