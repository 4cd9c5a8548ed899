import type { JobCounter, JobEnd } from '../../ports/job-counters.ts';

/** A counter with what it remembers, to count nothing twice. */
export interface RememberingCounter extends JobCounter {
  /** Hashes of the jobs that were counted last, the newest at the end. */
  readonly recent: readonly number[];
}

/** More than a batch of the table's stream holds, which is what may come again. */
export const mostRemembered = 128;

/** The counter with these ends; undefined when it has counted all of them before. */
export function addEnds(
  counter: RememberingCounter,
  ends: readonly JobEnd[],
): RememberingCounter | undefined {
  const known = new Set(counter.recent);
  const fresh = new Map(
    ends.map((end) => [hash(end.jobId), end] as const).filter(([key]) => !known.has(key)),
  );
  if (fresh.size === 0) return undefined;
  const counts = { ...counter.counts };
  let { durationMilliseconds } = counter;
  for (const end of fresh.values()) {
    counts[end.status] += 1;
    if (end.status === 'succeeded') durationMilliseconds += end.durationMilliseconds;
  }
  const recent = [...counter.recent, ...fresh.keys()].slice(-mostRemembered);
  return { ...counter, counts, durationMilliseconds, recent };
}

/** FNV-1a of 32 bits: that two of 128 jobs have the same comes once in half a million times. */
function hash(jobId: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < jobId.length; index += 1)
    value = Math.imul(value ^ jobId.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
