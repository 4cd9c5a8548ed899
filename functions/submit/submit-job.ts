import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { submission } from '../../core/contract/schemas/submission-schemas.ts';
import { submitQuery } from '../../core/contract/schemas/validate-schemas.ts';
import { submitJob } from '../../core/jobs/submission/submit-job.ts';
import { validateSubmission } from '../../core/jobs/submission/validate-submission.ts';
import { readJsonBody, readQuery } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { type NewJobOperation, readNewJobCall, respondWithNewJob } from './new-job-call.ts';

/** Submits a job or, with `validateOnly`, only validates the submission. */
export const submitJobOperation: NewJobOperation = async (call) => {
  const { input, key, ...responseOptions } = readNewJobCall(call, submitQuery);
  const { validateOnly } = readQuery(call.event, submitQuery);
  const body = readJsonBody(call.event);
  const request = { ...input, submission: parseWire(submission, body) };
  if (validateOnly === 'true') {
    await validateSubmission(call.deps, request);
    return jsonResponse(200, { valid: true });
  }
  const idempotency = idempotencyOf(key, 'submitJob', body);
  return respondWithNewJob(call, await submitJob(call.deps, { ...request, idempotency }), responseOptions);
};
