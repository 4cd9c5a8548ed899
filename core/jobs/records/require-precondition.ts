import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Job } from '../model/job.ts';

/** Returns whether a job meets the caller's precondition (If-Match, If-None-Match). */
export type JobPrecondition = (current: Job) => boolean;

/** Throws `precondition-failed` if the job does not meet the caller's precondition. */
export function requirePrecondition(meetsPrecondition: JobPrecondition | undefined, current: Job): void {
  if (meetsPrecondition === undefined || meetsPrecondition(current)) return;
  const detail = `The current ETag of the job is "${current.version}", which does not satisfy If-Match or If-None-Match; read the job again before you retry`;
  throw new ProblemError('precondition-failed', detail);
}
