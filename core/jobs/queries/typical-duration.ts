import type { JobCounters } from '../../ports/job-counters.ts';

/** Days that are looked at: usually the first one tells. */
const daysBack = 7;

/**
 * Seconds from when a service's jobs were `pending` to their success, in the mean of the newest day on which any of them
 * was made; undefined when none succeeded on the last seven days that have ends. One read.
 */
export async function typicalDuration(
  { counters }: { readonly counters: Pick<JobCounters, 'newest'> },
  key: { readonly tenant: string; readonly service: string },
): Promise<number | undefined> {
  const days = await counters.newest(key, daysBack);
  const day = days.find(({ counts }) => counts.succeeded > 0);
  return day === undefined ? undefined : day.durationMilliseconds / day.counts.succeeded / 1000;
}
