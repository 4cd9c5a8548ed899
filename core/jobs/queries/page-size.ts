import { countThatFit } from '../../paging/fit-on-page.ts';
import type { Job } from '../model/job.ts';
import { summarizedError } from './represent-job.ts';

/** How many of the jobs fit in one response. */
export function jobsThatFit(jobs: readonly Job[]): number {
  return countThatFit(
    jobs.map(({ name, tags, group, metadata, progress, waitingReason, failure }) => [
      name,
      tags,
      group,
      metadata,
      progress,
      waitingReason,
      summarizedError(failure),
    ]),
  );
}
