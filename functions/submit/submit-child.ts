import { submitChildFor } from '../_shared/worker/submit-child.ts';
import { answerNewJob, type NewJobOperation } from './new-job-call.ts';

/** Submits a sub-job, and holds the call as long as the worker wishes. */
export const submitChildOperation: NewJobOperation = (call) =>
  submitChildFor(call, (submitted, wait) => answerNewJob(call, submitted, { wait, isReader: true }));
