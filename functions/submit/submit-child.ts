import { submitChildFor } from '../_shared/worker/submit-child.ts';
import { type NewJobOperation, respondWithNewJob } from './new-job-call.ts';

/** Submits a sub-job and waits for its end as long as the worker prefers. */
export const submitChildOperation: NewJobOperation = (call) =>
  submitChildFor(call, (submitted, wait) => respondWithNewJob(call, submitted, { wait, isReader: true }));
