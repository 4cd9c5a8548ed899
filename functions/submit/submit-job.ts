import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { submission } from '../../core/contract/schemas/submission-schemas.ts';
import { submitQuery } from '../../core/contract/schemas/submit-query.ts';
import { submitJob } from '../../core/jobs/submission/submit-job.ts';
import { validateSubmission } from '../../core/jobs/submission/validate-submission.ts';
import { readJsonBody } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { emptyResponse } from '../_shared/http/responses.ts';
import { type NewJobOperation, readNewJobRequest, respondWithNewJob } from './new-job-request.ts';

/** Submits a job or, with `validateOnly`, only validates the submission. */
export const submitJobOperation: NewJobOperation = async (request) => {
  const { deps, event } = request;
  const { query, key, input, responseOptions, requireScopeToReuse } = readNewJobRequest(request, submitQuery);
  const body = readJsonBody(event);
  const submitted = { ...input, submission: parseWire(submission, body) };
  if (submitted.submission.reuse !== undefined) requireScopeToReuse();
  if (query.validateOnly === 'true') {
    await validateSubmission(deps, submitted);
    return emptyResponse(204);
  }
  const idempotency = idempotencyOf(key, 'submitJob', body);
  return respondWithNewJob(request, await submitJob(deps, { ...submitted, idempotency }), responseOptions);
};
