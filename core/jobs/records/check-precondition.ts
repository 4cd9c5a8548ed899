import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Job } from '../model/job.ts';

/** Returns whether the job matches the caller's precondition (If-Match, If-None-Match). */
export type JobExpectation = (found: Job) => boolean;

/** Throws `precondition-failed` if the job does not match the caller's precondition. */
export function checkPrecondition(isExpected: JobExpectation | undefined, found: Job): void {
  if (isExpected === undefined || isExpected(found)) return;
  const detail = `The current ETag of the job is "${found.version}", which does not satisfy If-Match or If-None-Match; read the job again before you retry`;
  throw new ProblemError('precondition-failed', detail);
}
