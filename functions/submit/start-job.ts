import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { startRequest } from '../../core/contract/schemas/draft-schemas.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import { startJob } from '../../core/jobs/submission/start-job.ts';
import { readOptionalJsonBody } from '../_shared/http/api-request.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { type NewJobOperation, readNewJobRequest, respondWithNewJob } from './new-job-request.ts';

/** Starts a job that was created without being started. */
export const startJobOperation: NewJobOperation = async (request) => {
  const { input, responseOptions } = readNewJobRequest(request, noQuery);
  const key = jobKeyOf(input.tenant, request.params);
  parseWire(startRequest, readOptionalJsonBody(request.event));
  const started = await startJob(request.deps, {
    key,
    meetsPrecondition: preconditionCheckOf(request.event),
  });
  return respondWithNewJob(request, started, responseOptions);
};
