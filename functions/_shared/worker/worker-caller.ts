import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseWorkerToken } from '../../../core/access/model/worker-token.ts';
import { parseJobId } from '../../../core/contract/names.ts';
import { ProblemError, toProblem } from '../../../core/contract/problems/problem-error.ts';
import { invocationHeader, workerId, workerIdHeader } from '../../../core/contract/schemas/worker-schemas.ts';
import { reportedInvocation } from '../../../core/jobs/model/invocation.ts';
import type { Invocation } from '../../../core/jobs/model/job.ts';
import {
  admitWorker,
  unknownTokenProblem,
  type WorkerCaller,
} from '../../../core/jobs/worker/worker-access.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { type HttpRequest, header } from '../http/api-request.ts';
import type { OperationRequest } from '../http/operation-request.ts';
import { problemResponse } from '../http/responses.ts';

/**
 * Authenticates a worker by its token for the job in the path, before any other part of the request is read,
 * and serves the request. A caller without such a token always gets the same 401, which reveals nothing about
 * the job. Throws `invalid-request` for a malformed worker ID, and the errors of `serve`.
 */
export async function serveWorker(
  { deps, event, params }: OperationRequest<{ readonly jobs: Pick<JobStore, 'get'> }>,
  serve: (caller: WorkerCaller) => Promise<APIGatewayProxyResult>,
): Promise<APIGatewayProxyResult> {
  const token = parseWorkerToken(header(event, 'authorization'));
  const jobId = parseJobId(params['id'] ?? '');
  if (token === undefined || jobId === undefined) return unknownWorkerResponse(event);
  const caller = { key: { tenant: token.tenant, jobId }, tokenDigest: token.digest };
  try {
    return await serve(withHeaders(await admitWorker(deps.jobs, caller), event));
  } catch (error) {
    // Since the check, the token may have been discarded or the job deleted.
    if (error instanceof ProblemError && error.slug === 'unauthenticated')
      return unknownWorkerResponse(event);
    throw error;
  }
}

function withHeaders(caller: WorkerCaller, event: HttpRequest): WorkerCaller {
  return {
    ...caller,
    ...omitUndefined({ workerId: readWorkerId(event), invocation: readInvocation(event) }),
  };
}

/** A malformed value is ignored: it serves only to find the log, and must not cost an attempt its report. */
function readInvocation(event: HttpRequest): Invocation | undefined {
  const [id = '', group = '', stream = '', ...rest] = header(event, invocationHeader)?.split(' ') ?? [];
  return rest.length === 0 ? reportedInvocation(id, group, stream) : undefined;
}

/**
 * API Gateway renames this header to `x-amzn-Remapped-WWW-Authenticate`; for function URLs no renaming is
 * documented.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const challenge = { 'WWW-Authenticate': 'Bearer realm="errand-worker"' };

function unknownWorkerResponse(event: HttpRequest): APIGatewayProxyResult {
  const { requestId } = event.requestContext;
  return problemResponse({ ...toProblem(unknownTokenProblem()), instance: event.path, requestId }, challenge);
}

function readWorkerId(event: HttpRequest): string | undefined {
  const value = header(event, workerIdHeader);
  if (value === undefined) return undefined;
  const read = workerId.safeParse(value);
  if (read.success) return read.data;
  const detail = 'The header Errand-Worker-Id must be 1 to 128 printable ASCII characters without spaces';
  throw new ProblemError('invalid-request', detail);
}
