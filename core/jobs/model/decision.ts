import type { Job } from './job.ts';

/**
 * The decision of a use case about a job: the job to write if something changes, and the result for the
 * caller.
 */
export interface Decision<Result> {
  readonly next?: Job;
  readonly result: Result;
}
