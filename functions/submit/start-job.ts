import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { startRequest } from '../../core/contract/schemas/draft-schemas.ts';
import { startJob } from '../../core/jobs/submission/start-job.ts';
import { readOptionalJsonBody } from '../_shared/http/api-request.ts';
import { expectationOf } from '../_shared/http/preconditions.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { type NewJobOperation, readNewJobCall, respondWithNewJob } from './new-job-call.ts';

/** Starts a job that was created without being started. */
export const startJobOperation: NewJobOperation = async (call) => {
  const { input, ...responseOptions } = readNewJobCall(call);
  const key = jobKeyOf(input.tenant, call.params);
  parseWire(startRequest, readOptionalJsonBody(call.event));
  const started = await startJob(call.deps, { key, isExpected: expectationOf(call.event) });
  return respondWithNewJob(call, started, responseOptions);
};
