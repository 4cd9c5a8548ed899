import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseWire } from '../../../core/contract/http/parse-wire.ts';
import type { WaitPreference } from '../../../core/contract/http/prefer.ts';
import { childSubmission } from '../../../core/contract/schemas/worker-schemas.ts';
import type { SubmitJobDeps, SubmittedJob } from '../../../core/jobs/submission/submit-job.ts';
import { submitChild } from '../../../core/jobs/worker/submit-child.ts';
import { readJsonBody, rejectQuery } from '../http/api-request.ts';
import { idempotencyOf, readNewJobHeaders } from '../http/new-job-headers.ts';
import type { OperationRequest } from '../http/operation-request.ts';
import { serveWorker } from './worker-caller.ts';

/** Submits a sub-job of the job whose attempt the caller runs; `respond` creates the response. */
export async function submitChildFor(
  { deps, event, params }: OperationRequest<SubmitJobDeps>,
  respond: (submitted: SubmittedJob, wait: WaitPreference | undefined) => Promise<APIGatewayProxyResult>,
): Promise<APIGatewayProxyResult> {
  return serveWorker({ deps, event, params }, async (caller) => {
    rejectQuery(event);
    const { wait, traceparent, key } = readNewJobHeaders(event);
    const body = readJsonBody(event);
    const submitted = await submitChild(deps, {
      caller,
      submission: parseWire(childSubmission, body),
      traceparent,
      idempotency: idempotencyOf(key, 'submitChild', body),
    });
    return respond(submitted, wait);
  });
}
