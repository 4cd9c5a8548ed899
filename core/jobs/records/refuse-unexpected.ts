import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Job } from '../model/job.ts';

/** Whether a job, as it is found, is the one that the caller means. */
export type JobExpectation = (found: Job) => boolean;

/** Throws `precondition-failed` when a job is not the one that the caller means. */
export function refuseUnexpected(isExpected: JobExpectation | undefined, found: Job): void {
  if (isExpected === undefined || isExpected(found)) return;
  const detail = `The job has the ETag "${found.version}", which If-Match or If-None-Match does not allow: read it and decide anew`;
  throw new ProblemError('precondition-failed', detail);
}
