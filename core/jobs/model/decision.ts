import type { Job } from './job.ts';

/** The decision of a use case about a job: the answer, and the job to write if something changes. */
export interface Decision<Answer> {
  readonly next?: Job;
  readonly answer: Answer;
}
