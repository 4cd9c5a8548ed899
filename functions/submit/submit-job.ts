import { submission } from '../../core/contract/job-schemas.ts';
import { parseWire } from '../../core/contract/parse-wire.ts';
import { submitJob } from '../../core/jobs/submit-job.ts';
import { readJsonBody } from '../_shared/api-request.ts';
import { answerNewJob, idempotencyOf, type NewJobOperation, readNewJobCall } from './new-job-call.ts';

/** Submits a job. */
export const submitJobOperation: NewJobOperation = async (call) => {
  const { input, key, wait } = readNewJobCall(call);
  const body = readJsonBody(call.event);
  const submitted = await submitJob(call.deps, {
    ...input,
    submission: parseWire(submission, body),
    idempotency: idempotencyOf(key, 'submitJob', body),
  });
  return answerNewJob(call, submitted, wait);
};
