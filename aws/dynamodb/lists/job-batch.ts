import type { Job } from '../../../core/jobs/model/job.ts';

/** Some jobs of a list, in the order of the list and in their current state. */
export interface JobBatch {
  readonly jobs: readonly Job[];
  /** The number of examined entries; more than `jobs` when some jobs were deleted. */
  readonly examined: number;
  /** The position after which the next batch starts; absent at the end of the list. */
  readonly next?: string;
}

/** Reads the next jobs of a list, at most `count`. */
export type ReadJobBatch = (count: number) => Promise<JobBatch>;
