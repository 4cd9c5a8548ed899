import type { Clock } from '../../ports/clock.ts';
import type { JobLink } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { mayStillBeCreated } from './may-still-be-created.ts';

const parallel = 10;

/** The IDs of the jobs that links lead to and that are missing, but may still be created. Reads the tombstones of these jobs. */
export async function creatingIdsOf(
  deps: { readonly jobs: Pick<JobStore, 'tombstone'>; readonly clock: Pick<Clock, 'now'> },
  linksToMissing: readonly JobLink[],
): Promise<readonly string[]> {
  const recent = linksToMissing.filter((link) => mayStillBeCreated(link, deps.clock.now()));
  const replaced = await inParallel(recent, parallel, (link) => deps.jobs.tombstone(link));
  return recent.filter((_, index) => replaced[index] === undefined).map(({ jobId }) => jobId);
}
