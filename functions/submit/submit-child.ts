import { parseWire } from '../../core/contract/parse-wire.ts';
import { childSubmission } from '../../core/contract/worker-schemas.ts';
import { submitChild } from '../../core/jobs/worker/submit-child.ts';
import { readJsonBody, refuseQuery } from '../_shared/api-request.ts';
import { answerUnknownWorker, readWorkerCaller } from '../_shared/worker-caller.ts';
import { answerNewJob, idempotencyOf, type NewJobOperation, readNewJobHeaders } from './new-job-call.ts';

/** Submits a sub-job of the job whose attempt the caller carries out. */
export const submitChildOperation: NewJobOperation = async (call) => {
  const { deps, event, params, lookAfter } = call;
  refuseQuery(event);
  const caller = readWorkerCaller(event, params);
  if (caller === undefined) return answerUnknownWorker(event);
  const { wait, traceparent, key } = readNewJobHeaders(event);
  const body = readJsonBody(event);
  const submitted = await submitChild(deps, {
    caller,
    submission: parseWire(childSubmission, body),
    traceparent,
    lookAfter,
    idempotency: idempotencyOf(key, 'submitChild', body),
  });
  return answerNewJob(call, submitted, wait);
};
