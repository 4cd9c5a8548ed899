import { parseWire } from '../../core/contract/parse-wire.ts';
import { submission } from '../../core/contract/submission-schemas.ts';
import { submitQuery } from '../../core/contract/validate-schemas.ts';
import { submitJob } from '../../core/jobs/submit-job.ts';
import { validateSubmission } from '../../core/jobs/validate-submission.ts';
import { answerJson } from '../_shared/answer.ts';
import { readJsonBody, readQuery } from '../_shared/api-request.ts';
import { idempotencyOf } from '../_shared/new-job-headers.ts';
import { answerNewJob, type NewJobOperation, readNewJobCall } from './new-job-call.ts';

/** Submits a job, or tells whether the submission would be accepted. */
export const submitJobOperation: NewJobOperation = async (call) => {
  const { input, key, ...answer } = readNewJobCall(call, submitQuery);
  const { validateOnly } = readQuery(call.event, submitQuery);
  const body = readJsonBody(call.event);
  const wanted = { ...input, submission: parseWire(submission, body) };
  if (validateOnly === 'true') {
    await validateSubmission(call.deps, wanted);
    return answerJson(200, { valid: true });
  }
  const idempotency = idempotencyOf(key, 'submitJob', body);
  return answerNewJob(call, await submitJob(call.deps, { ...wanted, idempotency }), answer);
};
