import type { JobCounters } from '../../ports/job-counters.ts';

/** The number of days that are read; in most cases the newest one has a successful job. */
const daysBack = 7;

/**
 * Typical duration in seconds: the mean from `pending` to success of a service's jobs that were created on the
 * newest day with a success; undefined if no job succeeded on the last seven days with ended jobs. One read.
 */
export async function typicalDuration(
  { counters }: { readonly counters: Pick<JobCounters, 'newest'> },
  key: { readonly tenant: string; readonly service: string },
): Promise<number | undefined> {
  const days = await counters.newest(key, daysBack);
  const day = days.find(({ counts }) => counts.succeeded > 0);
  return day === undefined ? undefined : day.durationMs / day.counts.succeeded / 1000;
}
