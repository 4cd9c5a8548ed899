import { submitChildFor } from '../_shared/worker/submit-child.ts';
import { type NewJobOperation, respondWithNewJob } from './new-job-request.ts';

/** Submits a sub-job and waits for its end as long as the worker prefers. */
export const submitChildOperation: NewJobOperation = (request) =>
  submitChildFor(request, (submitted, wait) =>
    respondWithNewJob(request, submitted, { wait, isReader: true }),
  );
