import type { Job } from './job.ts';

/** What a use case wants of a job: an answer, and the job to write when something is to change. */
export interface Decision<Answer> {
  readonly next?: Job;
  readonly answer: Answer;
}
