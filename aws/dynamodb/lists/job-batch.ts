import type { Job } from '../../../core/jobs/model/job.ts';

/** Some jobs of a list in its order, as they are now. */
export interface JobBatch {
  readonly jobs: readonly Job[];
  /** How many were looked at; more than `jobs` when some were gone. */
  readonly examined: number;
  /** Position in the list behind which the next batch begins; absent at the end of the list. */
  readonly next?: string;
}

/** Reads the next jobs of a list in its order, at most `count`. */
export type ReadJobBatch = (count: number) => Promise<JobBatch>;
