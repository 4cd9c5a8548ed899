import { startRequest } from '../../core/contract/draft-schemas.ts';
import { parseWire } from '../../core/contract/parse-wire.ts';
import { startJob } from '../../core/jobs/start-job.ts';
import { readOptionalJsonBody } from '../_shared/api-request.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { expectationOf } from '../_shared/preconditions.ts';
import { answerNewJob, type NewJobOperation, readNewJobCall } from './new-job-call.ts';

/** Starts a job that was made without a start. */
export const startJobOperation: NewJobOperation = async (call) => {
  const { input, ...answer } = readNewJobCall(call);
  const key = jobKeyOf(input.tenant, call.params);
  parseWire(startRequest, readOptionalJsonBody(call.event));
  const started = await startJob(call.deps, {
    key,
    lookAfter: call.lookAfter,
    isExpected: expectationOf(call.event),
  });
  return answerNewJob(call, started, answer);
};
