import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import { rerunRequest } from '../../core/contract/schemas/submission-schemas.ts';
import { rerunJob } from '../../core/jobs/submission/rerun-job.ts';
import { readOptionalJsonBody } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { type NewJobOperation, readNewJobRequest, respondWithNewJob } from './new-job-request.ts';

/** Submits an ended job again, as a new job. */
export const rerunJobOperation: NewJobOperation = async (request) => {
  const { input, key, responseOptions } = readNewJobRequest(request, noQuery);
  const { jobId } = jobKeyOf(input.tenant, request.params);
  const body = readOptionalJsonBody(request.event);
  const submitted = await rerunJob(request.deps, {
    ...input,
    jobId,
    changes: parseWire(rerunRequest, body),
    meetsPrecondition: preconditionCheckOf(request.event),
    idempotency: idempotencyOf(key, 'rerunJob', { jobId, body }),
  });
  return respondWithNewJob(request, submitted, responseOptions);
};
