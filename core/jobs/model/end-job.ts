import { jobUrn } from '../../contract/names.ts';
import { failureCodes } from '../../contract/policy.ts';
import type { Failure, Job } from './job.ts';
import { transitionJob } from './transition-job.ts';

/** Ends the job as aborted. */
export function endAborted(job: Job, now: number): Job {
  return endWithFailure(job, abortedFailure(job), now);
}

/** The failure of an aborted job; a separate code if the abort of its parent caused it. */
export function abortedFailure({ abort, parentId, attempt }: Job): Failure {
  const byParent = parentId !== undefined && abort?.by === jobUrn(parentId);
  return byParent
    ? { code: 'aborted-by-parent', detail: 'The parent job was aborted', retryable: false, attempt }
    : { code: 'aborted', detail: 'The job was aborted', retryable: false, attempt };
}

/** Ends the job with a failure, in the state that belongs to the failure code. */
export function endWithFailure(job: Job, failure: Failure, now: number): Job {
  return transitionJob(job, failureCodes[failure.code].status, { now, change: { failure } });
}

const limitDetails = {
  timeout: 'The job reached its time limit',
  'queue-timeout': 'No attempt started within the queue time limit of the job',
} as const;

/** A limit that ends the job. */
export type JobLimit = keyof typeof limitDetails;

/** Ends a job that has reached one of its limits. */
export function endAtLimit(job: Job, code: JobLimit, now: number): Job {
  const failure = { code, detail: limitDetails[code], retryable: false, attempt: job.attempt };
  return endWithFailure(job, failure, now);
}
