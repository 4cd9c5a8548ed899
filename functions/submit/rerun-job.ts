import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { rerunRequest } from '../../core/contract/schemas/submission-schemas.ts';
import { rerunJob } from '../../core/jobs/submission/rerun-job.ts';
import { readOptionalJsonBody } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { expectationOf } from '../_shared/http/preconditions.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { type NewJobOperation, readNewJobCall, respondWithNewJob } from './new-job-call.ts';

/** Submits an ended job again, as a new job. */
export const rerunJobOperation: NewJobOperation = async (call) => {
  const { input, key, ...responseOptions } = readNewJobCall(call);
  const { jobId } = jobKeyOf(input.tenant, call.params);
  const body = readOptionalJsonBody(call.event);
  const submitted = await rerunJob(call.deps, {
    ...input,
    jobId,
    changes: parseWire(rerunRequest, body),
    isExpected: expectationOf(call.event),
    idempotency: idempotencyOf(key, 'rerunJob', { jobId, body }),
  });
  return respondWithNewJob(call, submitted, responseOptions);
};
